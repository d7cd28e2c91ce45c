// Manual pages made from the command classes: borgboi(1), and one for each group of commands, like borgboi-backup(1). The
// build writes them to dist/man. To read one: node scripts/build.ts && man -l dist/man/borgboi-backup.1

import type { CommandClass } from 'clipanion'
import { COMMANDS } from '../src/cli/commands.ts'
import type { CliContext } from '../src/cli/context.ts'
import { describe, nameOf, PROGRAM } from '../src/cli/find-command.ts'
import { optionsOf, otherNames } from '../src/cli/render-help.ts'
import { TOPICS } from '../src/cli/topics.ts'
import { PROGRAM_VERSION } from '../src/version.ts'

type Command = CommandClass<CliContext>
type Section = readonly [heading: string, ...lines: string[]]

/** Name of the file -> text. */
export function manPages(): Record<string, string> {
  const groups = [...Map.groupBy(COMMANDS, (command) => nameOf(command).split(' ')[0] ?? '')]
  const several = groups.filter(([, members]) => members.length > 1)
  const single = groups.flatMap(([, members]) => (members.length > 1 ? [] : members))
  const main = page(PROGRAM, 'backups with BorgBackup that prove they restore', [
    ['SYNOPSIS', `.B ${PROGRAM}`, '.I command', '.RI [ option ...]'],
    ['COMMANDS', ...COMMANDS.flatMap((command) => term(nameOf(command), command.usage?.description))],
    ['TOPICS', ...TOPICS.flatMap(({ name, about }) => term(`${PROGRAM} help ${name}`, about))],
    ...single.map(toSection),
    seeAlso('borg', ...several.map(([group]) => `${PROGRAM}-${group}`)),
  ])
  const pages = several.map(([group, members]) => {
    const name = `${PROGRAM}-${group}`
    return [
      `${name}.1`,
      page(name, `the ${group} commands of ${PROGRAM}`, [...members.map(toSection), seeAlso(PROGRAM, 'borg')]),
    ]
  })
  return { [`${PROGRAM}.1`]: main, ...Object.fromEntries(pages) }
}

function page(name: string, about: string, sections: readonly Section[]): string {
  const lines = [
    '.\\" Generated from the command classes by scripts/man-pages.ts.',
    `.TH ${name.toUpperCase()} 1 "" "${PROGRAM} ${PROGRAM_VERSION}" "User Commands"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(about)}`,
    ...sections.flatMap(([heading, ...rest]) => [`.SH ${heading}`, ...rest]),
  ]
  return `${lines.join('\n')}\n`
}

function toSection(command: Command): Section {
  const definition = describe(command)
  const heading = `"${roff(nameOf(command).toUpperCase())}"`
  if (definition === undefined) return [heading]
  const { path, usage, description, details = '', examples = [] } = definition
  const texts = [description, ...details.split(/\n\s*\n/), ...otherNames(path).split('\n')]
  return [
    heading,
    `.B ${roff(usage)}`,
    ...texts.flatMap((text) => (text?.trim() ? ['.PP', roff(text)] : [])),
    ...optionsOf(definition).flatMap(({ names, text }) => term(names, text)),
    ...examples.flatMap(([what, line]) => ['.PP', `${roff(what)}:`, '.RS', '.nf', roff(line), '.fi', '.RE']),
  ]
}

function term(name: string, text = ''): string[] {
  return ['.TP', `.B ${roff(name)}`, roff(text)]
}

function seeAlso(...names: string[]): Section {
  return ['SEE ALSO', names.map((name) => `.BR ${roff(name)} (1)`).join(',\n')]
}

/** One line that means nothing to roff but itself. */
function roff(text: string): string {
  const plain = text
    .trim()
    .replace(/\s+/g, ' ')
    .replaceAll('\\', '\\(rs')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
  return /^['.]/.test(plain) ? `\\&${plain}` : plain
}
