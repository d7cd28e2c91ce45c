// A schedule on its way into a scheduler: what it is called there, what is started, in which environment.

import { createHash } from 'node:crypto'
import type { Note } from './note.ts'

export interface Job {
  readonly id: string
  readonly note: Note
  readonly environment: Readonly<Record<string, string>>
}

/**
 * `borgboi` for every repo, `borgboi-docs` for one; a home that is not the usual one is part of it. ASCII only: units
 * take no more. Letters of other alphabets are written by their bytes, and `_` is doubled, so that no two are the same.
 */
export function jobId({ home, schedule }: Note, usualHome: string): string {
  const tag = home === usualHome ? '' : `.${createHash('sha256').update(home).digest('hex').slice(0, 8)}`
  const repo = schedule.repo === undefined ? '' : `-${[...Buffer.from(schedule.repo)].map(escapeByte).join('')}`
  return `borgboi${tag}${repo}`
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte)
  if (character === '_') return '__'
  return /[A-Za-z0-9.-]/.test(character) ? character : `_${byte.toString(16)}`
}

/** `every repo`, or the name of one. */
export function subjectOf({ schedule }: Note): string {
  return schedule.repo ?? 'every repo'
}
