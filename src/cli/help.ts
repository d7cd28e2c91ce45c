// Help texts: one command with its options in the order people need them, or the list of all commands.

import type { Cli, CommandClass } from 'clipanion'
import type { CliContext } from './context.ts'

type Definition = ReturnType<Cli<CliContext>['definitions']>[number]

/** Options of every command stand last, whatever order classes declare them in. */
const SHARED = ['--json', '--quiet', '-q', '--verbose', '-v', '--config', '-c']
const SHARED_BY_REPO_COMMANDS = [
  '--passphrase',
  '--passphrase-file',
  '--passphrase-fd',
  '--allow-env-passphrase',
  '--lock-wait',
]

/** The help of one command. */
export function renderCommandHelp(cli: Cli<CliContext>, command: CommandClass<CliContext>): string {
  const path = `${cli.binaryName} ${command.paths?.[0]?.join(' ') ?? ''}`
  const definition = cli.definitions().find((candidate) => candidate.path.split(' [')[0]?.startsWith(path))
  if (definition === undefined) return renderCommandList(cli)
  const { description, details, examples = [] } = definition
  return [
    `${definition.path}\n  ${oneLine(description)}`,
    ...(details ? [details.trim()] : []),
    ...renderOptions(definition),
    `Examples:\n${examples.map(([what, line]) => `  ${oneLine(what)}\n    ${line}`).join('\n')}`,
  ]
    .join('\n\n')
    .concat('\n')
}

function renderOptions({ options }: Definition): string[] {
  const rank = (option: Definition['options'][number]) => {
    const names = option.definition.split(/[ ,]+/)
    if (names.some((name) => SHARED.includes(name))) return 2
    return names.some((name) => SHARED_BY_REPO_COMMANDS.includes(name)) ? 1 : 0
  }
  const sorted = options
    .map((option) => ({ ...option, definition: option.definition.replaceAll('#0', 'VALUE') }))
    .map((option) => ({ option, order: rank(option) }))
    .sort((a, b) => a.order - b.order)
  if (sorted.length === 0) return []
  const width = Math.max(...sorted.map(({ option }) => option.definition.length))
  const lines = sorted.map(({ option }) => `  ${option.definition.padEnd(width)}  ${oneLine(option.description)}`)
  return [`Options:\n${lines.join('\n')}`]
}

/** All commands by category. */
export function renderCommandList(cli: Cli<CliContext>): string {
  const definitions = cli.definitions()
  const categories = [...new Set(definitions.map((definition) => definition.category ?? ''))]
  const width = Math.max(...definitions.map(({ path }) => shortPath(path).length))
  const blocks = categories.map((category) => {
    const commands = definitions.filter((definition) => (definition.category ?? '') === category)
    const lines = commands.map(({ path, description }) => `  ${shortPath(path).padEnd(width)}  ${oneLine(description)}`)
    return `${oneLine(category)}\n${lines.join('\n')}`
  })
  return `${[`${cli.binaryName} COMMAND --help tells more of each.`, ...blocks].join('\n\n')}\n`
}

function shortPath(path: string): string {
  return path.split(/ [[<]/)[0] ?? path
}

function oneLine(text: string | undefined): string {
  return (text ?? '').trim().replace(/\s+/g, ' ')
}
