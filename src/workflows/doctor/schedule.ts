// Whether anything runs without a person, and whether it will.

import type { InstalledSchedule } from '../../deps.ts'
import type { Check, Verdict } from './check.ts'

export const schedule: Check<readonly Pick<InstalledSchedule, 'id' | 'active' | 'problems'>[]> = {
  name: 'schedule',
  gather: (deps) => deps.scheduler.list(),
  judge: (installed) => {
    if (installed.length === 0) {
      return [
        { level: 'skipped', message: 'nothing runs by itself', hint: 'run backups daily: borgboi schedule install' },
      ]
    }
    const complaints = installed.flatMap(({ id, active, problems }) =>
      problems.map(
        ({ message, hint }): Verdict => ({ level: active ? 'warning' : 'error', message: `${id}: ${message}`, hint }),
      ),
    )
    if (complaints.length > 0) return complaints
    return [{ level: 'ok', message: installed.map(({ id }) => id).join(', ') }]
  },
}
