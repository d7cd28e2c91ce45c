// Help texts: one command with its options in the order people need them, or the list of all commands.

import type { CommandClass, Definition } from 'clipanion'
import type { CliContext } from './context.ts'
import { type Commands, describe, nameOf, PROGRAM } from './find-command.ts'
import { BORG_WORDS, OLD_VERBS } from './legacy/verbs.ts'

/** Options of every command stand last, whatever order classes declare them in. */
const OF_EVERY_COMMAND = ['--json', '--quiet', '--verbose', '--config', '--offline']
const OF_REPO_COMMANDS = [
  '--passphrase',
  '--passphrase-file',
  '--passphrase-fd',
  '--allow-env-passphrase',
  '--lock-wait',
]

/** The help of a command; without one, the list of all. */
export function renderHelp(commands: Commands, command: CommandClass<CliContext> | undefined): string {
  const definition = command && describe(command)
  return definition ? renderCommand(definition) : renderCommands(commands)
}

function renderCommand(definition: Definition): string {
  const { path, description, details, examples = [] } = definition
  const blocks = [
    `${path}\n  ${oneLine(description)}`,
    // clipanion breaks lines after the blank.
    details?.trim().replace(/ +$/gm, '') ?? '',
    renderOptions(definition),
    renderOtherNames(path),
    `Examples:\n${examples.map(([what, line]) => `  ${oneLine(what)}\n    ${line}`).join('\n')}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function renderOtherNames(path: string): string {
  const now = path.slice(PROGRAM.length + 1)
  const words = BORG_WORDS.filter((word) => word.now === now).flatMap((word) => word.words)
  const old = OLD_VERBS.filter((verb) => verb.now === now).map(({ verb }) => verb)
  const lines = [
    ...(words.length > 0 ? [`Also: ${words.join(', ')}`] : []),
    ...(old.length > 0 ? [`Deprecated name: ${old.join(', ')} (of BorgBoi 1.x)`] : []),
  ]
  return lines.join('\n')
}

function renderOptions({ options }: Definition): string {
  const lines = options.map(({ definition, description }) => {
    const names = definition.replaceAll('#0', 'VALUE')
    return { names, text: oneLine(description), rank: rankOf(names.split(/[ ,]/)[0] ?? '') }
  })
  if (lines.length === 0) return ''
  const width = Math.max(...lines.map(({ names }) => names.length))
  const sorted = lines.toSorted((a, b) => a.rank - b.rank)
  return `Options:\n${sorted.map(({ names, text }) => `  ${names.padEnd(width)}  ${text}`).join('\n')}`
}

function rankOf(option: string): number {
  if (OF_EVERY_COMMAND.includes(option)) return 2
  return OF_REPO_COMMANDS.includes(option) ? 1 : 0
}

export function renderCommands(commands: Commands): string {
  const told = commands.filter((command) => command.usage !== undefined)
  const width = Math.max(...told.map((command) => nameOf(command).length))
  const categories = [...new Set(told.map(({ usage }) => usage?.category))]
  const blocks = categories.map((category) => {
    const lines = told
      .filter(({ usage }) => usage?.category === category)
      .map((command) => `  ${PROGRAM} ${nameOf(command).padEnd(width)}  ${command.usage?.description ?? ''}`)
    return [category, ...lines].join('\n')
  })
  return `${[`${PROGRAM} COMMAND --help tells more of each.`, ...blocks].join('\n\n')}\n`
}

function oneLine(text: string | undefined): string {
  return (text ?? '').trim().replace(/\s+/g, ' ')
}
