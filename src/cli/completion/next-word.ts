// What could stand next on a command line, from the commands themselves. Pure; names of repos, archives and vaults are
// only asked for.

import type { CommandClass } from 'clipanion'
import type { CliContext } from '../context.ts'
import { type Commands, describe, findCommand, nameOf } from '../find-command.ts'
import { renamed } from '../legacy/translate.ts'
import { TOPICS } from '../topics.ts'
import { ARGUMENT_VALUES, LATER_VALUES, OPTION_VALUES, type ValueKind } from './values.ts'

export interface Candidate {
  readonly word: string
  readonly text: string
}

/** The words there are, or the kind of value it has to be; `before` is what stands in front of it in the same word. */
export type NextWord =
  | { readonly words: readonly Candidate[] }
  | { readonly value: ValueKind; readonly before: string; readonly repo: string | undefined }

interface OptionNames {
  readonly names: readonly string[]
  readonly takesValue: boolean
  readonly text: string
}

const HELP = { word: '--help', text: 'show the help of it' }

/** `typed`: the words behind the program's name, the last one as far as it is written. */
export function nextWord(commands: Commands, typed: readonly string[]): NextWord {
  const current = typed.at(-1) ?? ''
  const earlier = renamed(typed.slice(0, -1))
  const command = findCommand(commands, earlier)
  const options = command ? optionsOf(command) : []
  const repo = givenTo(earlier, options, '--name')
  const value = (option: OptionNames, before: string): NextWord => {
    const [name = ''] = option.names
    const kind = OPTION_VALUES[`${command ? nameOf(command) : ''} ${name}`] ?? OPTION_VALUES[name]
    return kind === undefined ? { words: [] } : { value: kind, before, repo }
  }
  const onlyArguments = earlier.includes('--')
  const awaited = options.find(({ names, takesValue }) => takesValue && names.includes(earlier.at(-1) ?? ''))
  if (awaited && !onlyArguments) return value(awaited, '')
  if (current.startsWith('-') && !onlyArguments) {
    const [name = '', written] = current.split('=')
    const named = options.find(({ names, takesValue }) => takesValue && names.includes(name))
    if (written !== undefined) return named ? value(named, `${name}=`) : { words: [] }
    return { words: [...options.map(({ names, text }) => ({ word: longest(names), text })), HELP] }
  }
  const name = command ? nameOf(command) : ''
  const isLater = wordsWithoutOption(earlier, options) > name.split(' ').length
  const kind = (isLater ? LATER_VALUES[name] : undefined) ?? ARGUMENT_VALUES[name]
  return kind === undefined ? { words: pathsBehind(commands, earlier) } : { value: kind, before: '', repo }
}

/** The next words of commands that begin like this. */
function pathsBehind(commands: Commands, typed: readonly string[]): Candidate[] {
  const isHelp = typed[0] === 'help'
  const earlier = isHelp ? typed.slice(1) : typed
  const topics = isHelp && earlier.length === 0 ? TOPICS : []
  const found = new Map<string, string>()
  for (const command of commands) {
    const path = command.paths?.[0] ?? []
    const word = path[earlier.length]
    if (word === undefined || !earlier.every((typed, index) => path[index] === typed)) continue
    const { description = '', category = '' } = command.usage ?? {}
    if (!found.has(word)) found.set(word, path.length === earlier.length + 1 ? description : category)
  }
  for (const { name, about } of topics) found.set(name, about)
  return [...found].map(([word, text]) => ({ word, text }))
}

/** Every option of a command; clipanion writes them like `--name,-n #0`. */
function optionsOf(command: CommandClass<CliContext>): OptionNames[] {
  return (describe(command)?.options ?? []).map(({ definition, description = '' }) => {
    const [names = '', ...values] = definition.split(' ')
    return { names: names.split(','), takesValue: values.length > 0, text: description.trim().replace(/\s+/g, ' ') }
  })
}

function longest(names: readonly string[]): string {
  return names.find((name) => name.startsWith('--')) ?? names[0] ?? ''
}

/** How many words are neither options nor what options were given. */
function wordsWithoutOption(words: readonly string[], options: readonly OptionNames[]): number {
  const takesNext = (word: string) => options.some(({ names, takesValue }) => takesValue && names.includes(word))
  return words.filter((word, index) => !word.startsWith('-') && !takesNext(words[index - 1] ?? '')).length
}

/** What an option was given, where it stands in a word of its own or behind `=`. */
function givenTo(words: readonly string[], options: readonly OptionNames[], name: string): string | undefined {
  const names = options.find((option) => option.names.includes(name))?.names ?? []
  for (const [index, word] of words.entries()) {
    const [option = '', ...rest] = word.split('=')
    if (names.includes(option)) return rest.length > 0 ? rest.join('=') : words[index + 1]
  }
  return undefined
}
