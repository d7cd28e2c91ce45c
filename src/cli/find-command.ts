// Which command a list of words begins with.

import { Cli, type CommandClass, type Definition } from 'clipanion'
import type { CliContext } from './context.ts'

export type Commands = readonly CommandClass<CliContext>[]

export const PROGRAM = 'borgboi'

/** The command with the longest path that the words start with. */
export function findCommand(commands: Commands, words: readonly string[]): CommandClass<CliContext> | undefined {
  const matches = commands.flatMap((command) =>
    (command.paths ?? [])
      .filter((path) => path.every((word, index) => words[index] === word))
      .map((path) => ({ command, length: path.length })),
  )
  return matches.sort((a, b) => b.length - a.length)[0]?.command
}

/** `repo create` */
export function nameOf(command: CommandClass<CliContext>): string {
  return command.paths?.[0]?.join(' ') ?? ''
}

/** A command as its help and its errors tell it; undefined for one that has no usage text. */
export function describe(command: CommandClass<CliContext>): Definition | undefined {
  return Cli.from<CliContext>([command], { binaryName: PROGRAM }).definitions()[0]
}
