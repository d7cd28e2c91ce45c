// The command that a scheduler starts: `borgboi schedule run` with everything it has to know.

import { formatCalendar } from '../model/calendar.ts'
import { formatSpan } from '../model/quantities.ts'
import type { Note } from './note.ts'

/** What a kind of scheduler does not do itself, so that the command has to. */
export interface LeftToTheCommand {
  /** Beginning later than due, at random. */
  readonly jitter: boolean
  /** Knowing whether something was missed while the machine was off or asleep. */
  readonly catchUp: boolean
  /** Keeping what is printed: all but warnings and errors is left out. */
  readonly log: boolean
}

/** The words behind the program. */
export function scheduledWords({ schedule, since }: Note, left: LeftToTheCommand): readonly string[] {
  const { repo, at, jitterMs, conditions } = schedule
  const { network, volume, mains, waitMs } = conditions
  return [
    'schedule',
    'run',
    ...(repo === undefined ? ['--all'] : ['--name', repo]),
    ...(network ? ['--wait-network'] : []),
    ...(volume ? ['--wait-volume'] : []),
    ...(network || volume ? ['--wait', formatSpan(waitMs)] : []),
    ...(mains ? ['--skip-on-battery'] : []),
    ...(left.jitter && jitterMs > 0 ? ['--jitter', formatSpan(jitterMs)] : []),
    ...(left.catchUp ? ['--if-missed', formatCalendar(at), '--since', since] : []),
    ...(left.log ? ['--quiet'] : []),
  ]
}
