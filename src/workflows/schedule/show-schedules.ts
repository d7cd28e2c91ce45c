// `schedule status`: what is installed, when it is due next, what it did last, and what it should have done.

import type { Deps, InstalledSchedule } from '../../deps.ts'
import { nextDue } from '../../model/calendar.ts'
import type { RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { DAILY } from '../../model/resume.ts'
import type { RunReport } from '../../model/run.ts'

export interface ShownSchedule extends InstalledSchedule {
  /** When it is due next, RFC 3339; a run may begin later by the jitter. */
  readonly nextAt: string
  readonly repos: readonly ScheduledRepo[]
}

export interface ScheduledRepo {
  readonly name: RepoName
  /** The latest daily backup, whoever started it. */
  readonly lastRun?: RunReport
  /** When a run was due that has not begun, RFC 3339. */
  readonly missedAt?: string
}

/** How far back the latest daily backup is looked for. */
const RUNS_READ = 50
/** A machine that has just woken up is not late yet. */
const GRACE_MS = 15 * 60_000

export async function showSchedules(
  deps: Pick<Deps, 'scheduler' | 'repos' | 'runs' | 'clock'>,
): Promise<readonly ShownSchedule[]> {
  const [installed, records] = await Promise.all([deps.scheduler.list(), deps.repos.list()])
  return await Promise.all(installed.map((each) => show(deps, each, records)))
}

async function show(
  deps: Pick<Deps, 'runs' | 'clock'>,
  installed: InstalledSchedule,
  records: readonly RepoRecord[],
): Promise<ShownSchedule> {
  const { repo, at } = installed.schedule
  const meant = records.filter((record) => (repo === undefined ? !record.readOnly : record.name === repo))
  const repos = await Promise.all(meant.map((record) => lookAt(deps, installed, record.name)))
  const unknown = {
    message: repo === undefined ? 'there is no repo to back up' : `there is no repo named ${repo} any more`,
    hint: repo === undefined ? 'set one up with: borgboi repo create' : `borgboi schedule remove --name ${repo}`,
  }
  return {
    ...installed,
    problems: [...installed.problems, ...(meant.length === 0 ? [unknown] : [])],
    nextAt: nextDue(at, deps.clock.now()).toISOString(),
    repos,
  }
}

async function lookAt(
  { runs, clock }: Pick<Deps, 'runs' | 'clock'>,
  { schedule, since }: InstalledSchedule,
  name: RepoName,
): Promise<ScheduledRepo> {
  const recent = await runs.list(name, RUNS_READ)
  const lastRun = recent.find((run) => run.workflow === DAILY)
  const from = Math.max(Date.parse(since), lastRun === undefined ? 0 : Date.parse(lastRun.startedAt))
  const due = nextDue(schedule.at, new Date(from))
  const isLate = due.getTime() + schedule.jitterMs + GRACE_MS < clock.now().getTime()
  return { name, ...optional('lastRun', lastRun), ...optional('missedAt', isLate ? due.toISOString() : undefined) }
}
