// A command line that means nothing, explained: what is wrong with it and what is nearest.

import type { Cli, CommandClass } from 'clipanion'
import { closest } from 'fastest-levenshtein'
import { AppError } from '../errors.ts'
import type { CliContext } from './context.ts'
import { findCommand } from './find-command.ts'

export function explainUsage(
  cli: Cli<CliContext>,
  commands: readonly CommandClass<CliContext>[],
  args: readonly string[],
  error: unknown,
): AppError {
  const command = findCommand(commands, args)
  if (command === undefined) return unknownCommand(commands, args)
  const name = command.paths?.[0]?.join(' ') ?? ''
  const options = optionsOf(cli, name)
  const unknown = args.find((arg) => arg.startsWith('-') && !options.includes(arg.split('=')[0] ?? ''))
  if (unknown === undefined) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return new AppError('usage-invalid', `borgboi ${name} cannot be run like that`, {
      reason: said.replace(/^[A-Z]/, (letter) => letter.toLowerCase()).replace(/\.$/, ''),
      hint: `see borgboi ${name} --help`,
      cause: error,
    })
  }
  return new AppError('usage-invalid', `borgboi ${name} has no option ${unknown.split('=')[0]}`, {
    reason: `the nearest it has is ${closest(unknown, options)}`,
    hint: `see borgboi ${name} --help`,
    cause: error,
  })
}

function unknownCommand(commands: readonly CommandClass<CliContext>[], args: readonly string[]): AppError {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const names = commands
    .flatMap((command) => command.paths ?? [])
    .map((path) => path.join(' '))
    .filter((name) => name !== '')
  const typed = words.slice(0, 2).join(' ') || args.join(' ')
  return new AppError('usage-invalid', `there is no command "${typed}"`, {
    reason: `the nearest there is is borgboi ${closest(typed, names)}`,
    hint: 'see borgboi --help for all commands',
  })
}

/** Every spelling of every option of a command. */
function optionsOf(cli: Cli<CliContext>, name: string): string[] {
  const definition = cli
    .definitions()
    .find(({ path }) => path === `borgboi ${name}` || path.startsWith(`borgboi ${name} `))
  return (definition?.options ?? []).flatMap(({ definition: text }) => text.match(/(?<![\w-])--?[a-zA-Z][\w-]*/g) ?? [])
}
