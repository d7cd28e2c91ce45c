// A command line that means nothing, explained: what is wrong with it and what is nearest.

import type { CommandClass } from 'clipanion'
import { AppError } from '../errors.ts'
import { nearest } from '../model/suggest.ts'
import type { CliContext } from './context.ts'
import { type Commands, describe, findCommand, nameOf, PROGRAM } from './find-command.ts'
import { ABSENT_WORDS } from './legacy/verbs.ts'

export function explainUsage(commands: Commands, args: readonly string[], error: unknown): AppError {
  const command = findCommand(commands, args)
  if (command === undefined) return unknownCommand(commands, args)
  const name = `${PROGRAM} ${nameOf(command)}`
  const hint = `see ${name} --help`
  const options = optionsOf(command)
  const ends = args.indexOf('--')
  const unknown = (ends < 0 ? args : args.slice(0, ends))
    .map((arg) => arg.split('=')[0] ?? '')
    .find((arg) => arg.startsWith('-') && !options.includes(arg))
  if (unknown !== undefined && options.length > 0) {
    const meant = unknown.startsWith('--') ? nearest(unknown, options) : undefined
    const reason = meant === undefined ? 'none of its options comes near that' : `the nearest it has is ${meant}`
    return new AppError('usage-invalid', `${name} has no option ${unknown}`, { reason, hint, cause: error })
  }
  const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  // What the parser says where several forms of a command were near: it names them on lines of their own.
  const reason = /^command not found/i.test(said)
    ? `it is used as ${describe(command)?.usage ?? name}`
    : said.replace(/^[A-Z]/, (letter) => letter.toLowerCase()).replace(/\.$/, '')
  return new AppError('usage-invalid', `${name} cannot be run like that`, { reason, hint, cause: error })
}

function unknownCommand(commands: Commands, args: readonly string[]): AppError {
  const words = args.filter((arg) => !arg.startsWith('-'))
  const names = commands.map(nameOf).filter((name) => name !== '')
  const misplaced = findCommand(commands, words)
  if (misplaced !== undefined) {
    return new AppError('usage-invalid', 'options come after the command', {
      reason: `${args[0]} stands before "${nameOf(misplaced)}"`,
      hint: `write it like ${PROGRAM} ${nameOf(misplaced)} ${args[0]}`,
    })
  }
  const isGroup = (word: string) => names.some((name) => name.startsWith(`${word} `))
  const absent = ABSENT_WORDS.find(({ word }) => `${words.join(' ')} `.startsWith(`${word} `) && !isGroup(word))
  if (absent !== undefined) {
    return new AppError('usage-invalid', `there is no command "${absent.word}" here`, {
      reason: `it is a word of ${absent.of}`,
      hint: `instead: ${absent.instead}`,
    })
  }
  const typed = words.slice(0, 2).join(' ') || args.join(' ')
  const [group = '', word = ''] = words
  const ofGroup = names.filter((name) => name.startsWith(`${group} `))
  // A word of it before a typing mistake: `repo quota` is `repo set-quota`.
  const meant = ofGroup.find((name) => word !== '' && name.split(/[ -]/).includes(word)) ?? nearest(typed, names)
  const has = [...new Set(ofGroup.map((name) => name.split(' ')[1]))].join(', ')
  const unknown = ofGroup.length > 0 ? `${group} has ${has}` : 'nothing there is comes near it'
  return new AppError('usage-invalid', `there is no command "${typed}"`, {
    reason: meant === undefined ? unknown : `the nearest there is is ${PROGRAM} ${meant}`,
    hint: `see ${PROGRAM} ${ofGroup.length > 0 ? `${group} ` : ''}--help`,
  })
}

/** Every spelling of every option of a command. */
function optionsOf(command: CommandClass<CliContext>): string[] {
  return (describe(command)?.options ?? []).flatMap(
    ({ definition }) => definition.match(/(?<![\w-])--?[a-zA-Z][\w-]*/g) ?? [],
  )
}
