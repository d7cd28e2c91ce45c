// Help texts: one command with its options in the order people need them, or a list of commands.

import type { CommandClass, Definition } from 'clipanion'
import type { CliContext } from './context.ts'
import { type Commands, describe, nameOf, PROGRAM } from './find-command.ts'
import { BORG_WORDS, OLD_VERBS } from './legacy/verbs.ts'
import { renderTable } from './output/table.ts'
import { TOPICS, type Topic } from './topics.ts'

/** Options of every command stand last, whatever order classes declare them in. */
const OF_EVERY_COMMAND = ['--json', '--quiet', '--verbose', '--config', '--offline']
const OF_REPO_COMMANDS = [
  '--passphrase',
  '--passphrase-file',
  '--passphrase-fd',
  '--allow-env-passphrase',
  '--lock-wait',
]

export function renderHelp(command: CommandClass<CliContext>): string {
  const definition = describe(command)
  if (definition === undefined) return ''
  const { path, usage, description, details, examples = [] } = definition
  const blocks = [
    `${usage}\n  ${oneLine(description)}`,
    // clipanion breaks lines after the blank.
    details?.trim().replace(/ +$/gm, '') ?? '',
    renderOptions(definition),
    otherNames(path),
    `Examples:\n${examples.map(([what, line]) => `  ${oneLine(what)}\n    ${line}`).join('\n')}`,
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

export function otherNames(path: string): string {
  const now = path.slice(PROGRAM.length + 1)
  const words = BORG_WORDS.filter((word) => word.now === now).flatMap((word) => word.words)
  const old = OLD_VERBS.filter((verb) => verb.now === now).map(({ verb }) => verb)
  const lines = [
    ...(words.length > 0 ? [`Also: ${words.join(', ')}`] : []),
    ...(old.length > 0 ? [`Deprecated name: ${old.join(', ')} (of BorgBoi 1.x)`] : []),
  ]
  return lines.join('\n')
}

function renderOptions(definition: Definition): string {
  const options = optionsOf(definition)
  if (options.length === 0) return ''
  const width = Math.max(...options.map(({ names }) => names.length))
  return `Options:\n${options.map(({ names, text }) => `  ${names.padEnd(width)}  ${text}`).join('\n')}`
}

/** In the order people need them. */
export function optionsOf({ options }: Definition): { readonly names: string; readonly text: string }[] {
  const told = options.map(({ definition, description }) => {
    const names = definition.replaceAll('#0', 'VALUE')
    return { names, text: oneLine(description), rank: rankOf(names.split(/[ ,]/)[0] ?? '') }
  })
  return told.toSorted((a, b) => a.rank - b.rank)
}

function rankOf(option: string): number {
  if (OF_EVERY_COMMAND.includes(option)) return 2
  return OF_REPO_COMMANDS.includes(option) ? 1 : 0
}

/** By category; `topics`: what is named below. */
export function renderCommands(commands: Commands, topics: readonly Topic[] = TOPICS): string {
  const told = commands.filter((command) => command.usage !== undefined)
  const width = Math.max(...told.map((command) => nameOf(command).length))
  const categories = [...new Set(told.map(({ usage }) => usage?.category))]
  const blocks = categories.map((category) => {
    const lines = told
      .filter(({ usage }) => usage?.category === category)
      .map((command) => `  ${PROGRAM} ${nameOf(command).padEnd(width)}  ${command.usage?.description ?? ''}`)
    return [category, ...lines].join('\n')
  })
  const more = topics.length === 0 ? [] : [renderTopics(topics)]
  return `${[`${PROGRAM} COMMAND --help tells more of each.`, ...blocks, ...more].join('\n\n')}\n`
}

export function renderTopics(topics: readonly Topic[]): string {
  const rows = topics.map(({ name, about }) => [`  ${PROGRAM} help ${name}`, about])
  return `Topics\n${renderTable(rows)}`
}

function oneLine(text: string | undefined): string {
  return (text ?? '').trim().replace(/\s+/g, ' ')
}
