// Turns a command line of BorgBoi 1.x, or one with a word of Borg or borgmatic, into one of ours, before the grammar of
// any command sees it.

import { basename } from 'node:path'
import { AppError } from '../../errors.ts'
import { PROGRAM } from '../find-command.ts'
import {
  BORG_WORDS,
  DOUBTFUL_WORDS,
  OLD_FIRST_OPTIONS,
  OLD_OPTIONS,
  OLD_VERBS,
  type OldOption,
  type OldVerb,
} from './verbs.ts'

export interface Translation {
  readonly args: readonly string[]
  /** One line for a person who uses what is deprecated; it holds no value that was given. */
  readonly deprecation?: string
}

/** The words of a command line as they are called here, options untouched: for help. */
export function renamed(words: readonly string[]): readonly string[] {
  const names = [
    ...OLD_VERBS.map(({ verb, now }) => ({ was: [verb], now })),
    ...BORG_WORDS.flatMap(({ words: phrases, now }) => phrases.map((phrase) => ({ was: phrase.split(' '), now }))),
  ]
  const name = names.find(({ was }) => was.every((word, index) => words[index] === word))
  return name === undefined ? words : [...name.now.split(' '), ...words.slice(name.was.length)]
}

/** @throws AppError `usage-invalid` where it meant what cannot be said here, or cannot be told what is meant */
export function translate(args: readonly string[]): Translation {
  const isOurs = args.findIndex((arg) => !Object.hasOwn(OLD_FIRST_OPTIONS, arg))
  if (isOurs > 0) {
    const first = args.slice(0, isOurs).map((arg) => OLD_FIRST_OPTIONS[arg] ?? arg)
    return translate([...args.slice(isOurs), ...first])
  }
  const old = OLD_VERBS.find(({ verb }) => verb === args[0])
  if (old !== undefined) return translateOld(old, args.slice(1))
  refuseDoubtful(args)
  return { args: renamed(args) }
}

/** `list --help` and `list` both: there is no help of two commands. */
function refuseDoubtful([word]: readonly string[]): void {
  const doubtful = DOUBTFUL_WORDS.find((known) => known.word === word)
  if (doubtful === undefined) return
  const [one, other] = doubtful.either
  throw new AppError('usage-invalid', `cannot tell what "${word}" is about`, {
    reason: `it could be ${doubtful.what[0]} or ${doubtful.what[1]}`,
    hint: `write ${PROGRAM} ${one} for ${doubtful.what[0]}, ${PROGRAM} ${other} for ${doubtful.what[1]}`,
  })
}

interface Said {
  readonly options: string[]
  /** What stands without an option, told apart: a pattern may begin like one. */
  readonly values: string[]
  /** What was said, by the names it has here, without values. */
  readonly form: string[]
}

function translateOld(old: OldVerb, args: readonly string[]): Translation {
  const said: Said = { options: [], values: [], form: [] }
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '--') {
      said.values.push(...args.slice(index + 1))
      break
    }
    const found = meaningOf(old, arg)
    if (found === undefined) {
      said.options.push(arg)
      continue
    }
    const value = found.value ?? (takesValue(found.meaning) ? args[++index] : '')
    if (value === undefined) throw refusal(old, `needs a value for ${arg}`, 'nothing stands behind it')
    say(old, found.name, found.meaning, value, said)
  }
  for (const names of old.needs ?? []) refuseWithout(old, names, said)
  if (old.namedAfter !== undefined) nameAfter(old.namedAfter, said)
  const { words = [], unless = [] } = old.adds ?? {}
  const adds = has(said, unless) ? [] : words
  const values = said.values.length === 0 ? [] : ['--', ...said.values]
  const form = [PROGRAM, old.now, ...said.form, ...adds].join(' ')
  return {
    args: [...old.now.split(' '), ...said.options, ...adds, ...values],
    deprecation: `${old.verb} is deprecated, use: ${form}${old.note ? `; ${old.note}` : ''}`,
  }
}

function takesValue(meaning: OldOption): boolean {
  return 'to' in meaning || 'argument' in meaning || ('reason' in meaning && meaning.except !== undefined)
}

/** The option that `--name`, `--name=value`, `-n` or `-nvalue` is. */
function meaningOf(old: OldVerb, arg: string) {
  const options = { ...OLD_OPTIONS, ...old.options }
  for (const [names, meaning] of Object.entries(options)) {
    const [long = '', short = '--'] = names.split(',')
    if (arg === long || arg === short) return { name: long, meaning, value: undefined }
    if (arg.startsWith(`${long}=`)) return { name: long, meaning, value: arg.slice(long.length + 1) }
    if (arg.startsWith(short) && !arg.startsWith('--'))
      return { name: long, meaning, value: arg.slice(short.length).replace(/^=/, '') }
  }
  return undefined
}

function say(old: OldVerb, name: string, meaning: OldOption, value: string, said: Said): void {
  if ('to' in meaning) {
    if (meaning.form?.test(value) === false) {
      throw refusal(old, `cannot use ${name} ${value}`, 'it is not the number of a line, counted from 1')
    }
    said.options.push(`${meaning.to}=${value}`)
    said.form.push(meaning.to, meaning.value)
  } else if ('argument' in meaning) {
    said.values.push(value)
    said.form.push(meaning.argument)
  } else if ('reason' in meaning && meaning.except !== value) {
    throw refusal(old, `can no longer have ${`${name} ${value}`.trim()}`, meaning.reason, meaning.hint)
  }
}

function refuseWithout(old: OldVerb, names: readonly string[], said: Said): void {
  if (has(said, names)) return
  const options = { ...OLD_OPTIONS, ...old.options }
  const asWas = names.map((name) => {
    const was = Object.entries(options).find(
      ([, meaning]) => ('to' in meaning && meaning.to === name) || ('argument' in meaning && meaning.argument === name),
    )
    return was?.[0].split(',')[0] ?? name
  })
  throw refusal(old, `needs ${asWas.join(' or ')}`, 'what it is about is not guessed')
}

function nameAfter(option: string, said: Said): void {
  if (has(said, ['--name'])) return
  const path = said.options.find((given) => given.startsWith(`${option}=`))?.slice(option.length + 1)
  if (path === undefined) return
  said.options.push(`--name=${basename(path)}`)
  said.form.push('--name', 'NAME')
}

function has({ options, form }: Said, names: readonly string[]): boolean {
  const given = [...options.map((option) => option.split('=')[0] ?? ''), ...form]
  return names.some((name) => given.includes(name))
}

function refusal(old: OldVerb, what: string, reason: string, hint = `see ${PROGRAM} ${old.now} --help`): AppError {
  return new AppError('usage-invalid', `${PROGRAM} ${old.verb} ${what}`, { reason, hint })
}
