// Which command a list of words begins with.

import type { CommandClass } from 'clipanion'
import type { CliContext } from './context.ts'

/** The command with the longest path that the words start with; undefined when none does. */
export function findCommand(
  commands: readonly CommandClass<CliContext>[],
  words: readonly string[],
): CommandClass<CliContext> | undefined {
  const matches = commands.flatMap((command) =>
    (command.paths ?? [])
      .filter((path) => path.length > 0 && path.every((word, index) => words[index] === word))
      .map((path) => ({ command, length: path.length })),
  )
  return matches.sort((a, b) => b.length - a.length)[0]?.command
}
