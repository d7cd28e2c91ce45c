// The clock of the machine: archives are named, and chosen to be kept, by what it says.

import { formatMinute } from '../../model/words.ts'
import type { Check } from './check.ts'

export interface ClockFacts {
  readonly now: Date
  /** The newest time that anything is recorded with, and what. */
  readonly newest?: { readonly at: Date; readonly what: string }
}

/** borgboi 2 is not older: a machine that lives before it has lost its time. */
const FIRST_YEAR = 2026
const LAST_YEAR = 2099
/** Clocks of machines that share a home may differ by so much. */
const TOLERANCE_MS = 5 * 60_000

export const clock: Check<ClockFacts> = {
  name: 'clock',
  gather: async (deps) => {
    const records = await deps.repos.list()
    const times = records.flatMap(({ name, createdAt, lastBackup, lastCompactAt }) => [
      { at: new Date(createdAt), what: `the record of ${name}` },
      ...(lastBackup ? [{ at: new Date(lastBackup.at), what: `the newest archive of ${name}` }] : []),
      ...(lastCompactAt === undefined ? [] : [{ at: new Date(lastCompactAt), what: `the last compact of ${name}` }]),
    ])
    const [newest] = times.sort((a, b) => b.at.getTime() - a.at.getTime())
    return { now: deps.clock.now(), ...(newest && { newest }) }
  },
  judge: ({ now, newest }) => {
    const hint = 'set the clock right before the next backup: prune keeps archives by their time (timedatectl status)'
    const year = now.getFullYear()
    if (year < FIRST_YEAR || year > LAST_YEAR) {
      return [{ level: 'error', message: `it says ${formatMinute(now)}, which cannot be`, hint }]
    }
    if (newest && newest.at.getTime() - now.getTime() > TOLERANCE_MS) {
      const message = `it says ${formatMinute(now)}, but ${newest.what} is of ${formatMinute(newest.at)}: it went backwards`
      return [{ level: 'error', message, hint }]
    }
    return [{ level: 'ok', message: `${formatMinute(now)}, later than everything that is recorded` }]
  },
}
