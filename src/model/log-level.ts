// How much the event log takes: each line of it has a level, and those below the chosen one are left out.

import type { EventLine } from './event-line.ts'
import { refuse } from './validate.ts'

const LEVELS = ['debug', 'info', 'warning', 'error'] as const

export type LogLevel = (typeof LEVELS)[number]

/** Other words for the same, those of BorgBoi 1.x among them. */
const SYNONYMS: Readonly<Record<string, LogLevel>> = { warn: 'warning', critical: 'error' }

/** In capitals or not. @throws AppError `value-invalid` */
export function parseLogLevel(value: string): LogLevel {
  const word = value.trim().toLowerCase()
  const level = LEVELS.find((known) => known === (SYNONYMS[word] ?? word))
  return level ?? refuse('log level', value, 'it is not one of those there are', `write one of ${LEVELS.join(', ')}`)
}

export function reaches(level: LogLevel, least: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least)
}

const OUTCOME_LEVELS: Readonly<Record<string, LogLevel>> = {
  warnings: 'warning',
  failed: 'error',
  interrupted: 'error',
}

export function levelOf({ message_type: type, outcome }: EventLine): LogLevel {
  if (type === 'progress') return 'debug'
  if (type === 'warning') return 'warning'
  if (type === 'exit_error') return 'error'
  return OUTCOME_LEVELS[String(outcome)] ?? 'info'
}
