// A command line of ours that a person can copy into a shell.

import { PROGRAM } from '../find-command.ts'

type OptionValue = string | readonly string[] | undefined

/** What is undefined is left out; a list gives the option again and again. */
export function renderCommandLine(command: readonly string[], options: Readonly<Record<string, OptionValue>>): string {
  const words = Object.entries(options).flatMap(([option, value]) =>
    (typeof value === 'string' ? [value] : (value ?? [])).flatMap((each) => [option, quoted(each)]),
  )
  return [PROGRAM, ...command, ...words].join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
