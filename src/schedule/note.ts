// What borgboi notes in everything it installs, on one line of a comment: by it a schedule is known as ours and of which
// home, and read again. There is no other record of schedules that could say something else.

import { AppError } from '../errors.ts'
import { formatCalendar, parseCalendar } from '../model/calendar.ts'
import { parseRepoName } from '../model/names.ts'
import { optional } from '../model/repo.ts'
import type { Schedule } from '../model/schedule.ts'

export interface Note {
  /** The `.borgboi` directory that it is of. */
  readonly home: string
  readonly schedule: Schedule
  /** Since when it is due at this time, RFC 3339: what was due before was not promised. */
  readonly since: string
  /** What is started: the interpreter and the program, absolute. */
  readonly program: readonly string[]
}

export const NOTE_MARK = 'borgboi-schedule:'
/** A higher number is somebody else's to change. */
const FORMAT = 1

/** One line without `--`, which no comment of XML may have. */
export function formatNote({ home, schedule, since, program }: Note): string {
  const { repo, at, jitterMs, conditions } = schedule
  const note = {
    format: FORMAT,
    home,
    ...optional('repo', repo),
    at: formatCalendar(at),
    jitterMs,
    ...conditions,
    since,
    program,
  }
  return `${NOTE_MARK} ${JSON.stringify(note).replaceAll('--', '-\\u002d')}`
}

/** The note in the text of a unit, a property list or a crontab; undefined where there is none that can be read. */
export function readNote(text: string): Note | undefined {
  const start = text.indexOf(`${NOTE_MARK} {`)
  if (start < 0) return undefined
  const [line = ''] = text.slice(start + NOTE_MARK.length).split('\n', 1)
  try {
    return parseNote(JSON.parse(line.slice(0, line.lastIndexOf('}') + 1)))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof AppError) return undefined
    throw error
  }
}

function parseNote(value: Record<string, unknown>): Note | undefined {
  const { format, home, repo, at, jitterMs, network, volume, mains, waitMs, since, program } = value
  const isRead =
    format === FORMAT &&
    typeof home === 'string' &&
    typeof at === 'string' &&
    typeof jitterMs === 'number' &&
    typeof waitMs === 'number' &&
    typeof since === 'string' &&
    Array.isArray(program)
  if (!isRead) return undefined
  return {
    home,
    schedule: {
      ...(repo === undefined ? {} : { repo: parseRepoName(String(repo)) }),
      at: parseCalendar(at),
      jitterMs,
      conditions: { network: network === true, volume: volume === true, mains: mains === true, waitMs },
    },
    since,
    program: program.map(String),
  }
}
