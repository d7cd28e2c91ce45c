// Which daily backup of a repo was the latest, and when the next one is due after it: what decides whether one was
// missed. Nothing that a wrong clock has written counts: believed, it would keep every run from beginning until that time.

import type { Deps } from '../../deps.ts'
import { type Calendar, nextDue } from '../../model/calendar.ts'
import { DAILY } from '../../model/resume.ts'
import type { RunReport } from '../../model/run.ts'
import { isToCome } from '../../model/standing.ts'

/** How far back it is looked for first: many other runs may have come in between. */
const RUNS_READ = [50, Number.POSITIVE_INFINITY]

/** `isMeant`: which of the daily backups count. */
export async function latestDaily(
  { runs, clock }: Pick<Deps, 'runs' | 'clock'>,
  repo: string,
  isMeant: (run: RunReport) => boolean = () => true,
): Promise<RunReport | undefined> {
  const now = clock.now()
  for (const limit of RUNS_READ) {
    const reports = await runs.list(repo, limit)
    const found = reports.find((run) => run.workflow === DAILY && !isToCome(run.startedAt, now) && isMeant(run))
    if (found !== undefined || reports.length < limit) return found
  }
  return undefined
}

/** The first time by the calendar after the schedule was installed and the latest run began; now, where neither is known. */
export function dueAfter(at: Calendar, since: string, latest: RunReport | undefined, now: Date): Date {
  const begun = [since, ...(latest ? [latest.startedAt] : [])].filter((time) => !isToCome(time, now))
  return begun.length === 0 ? now : nextDue(at, new Date(Math.max(...begun.map((time) => Date.parse(time)))))
}
