// `schedule status`: what is installed, when it is due next, what it did last, and what it should have done.

import type { Deps, InstalledSchedule } from '../../deps.ts'
import { nextDue } from '../../model/calendar.ts'
import type { RepoName } from '../../model/names.ts'
import type { NextProof } from '../../model/proofs.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { type StandingDeps, standingOf } from '../shared/standing.ts'
import { dueAfter, latestDaily } from './missed.ts'

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
  /** The drills and verifications that are promised, and from when on a run does them. */
  readonly proofs: readonly NextProof[]
}

/** A machine that has just woken up is not late yet. */
const GRACE_MS = 15 * 60_000

type ShowDeps = StandingDeps & Pick<Deps, 'scheduler' | 'repos'>

export async function showSchedules(deps: ShowDeps): Promise<readonly ShownSchedule[]> {
  const [installed, records] = await Promise.all([deps.scheduler.list(), deps.repos.list()])
  return await Promise.all(installed.map((each) => show(deps, each, records)))
}

async function show(
  deps: ShowDeps,
  installed: InstalledSchedule,
  records: readonly RepoRecord[],
): Promise<ShownSchedule> {
  const { repo, at } = installed.schedule
  const meant = records.filter((record) => (repo === undefined ? !record.readOnly : record.name === repo))
  const repos = await Promise.all(meant.map((record) => lookAt(deps, installed, record)))
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
  deps: ShowDeps,
  { schedule, since }: InstalledSchedule,
  record: RepoRecord,
): Promise<ScheduledRepo> {
  const { name } = record
  const [lastRun, now] = [await latestDaily(deps, name), deps.clock.now()]
  const due = dueAfter(schedule.at, since, lastRun, now)
  const isLate = due.getTime() + schedule.jitterMs + GRACE_MS < now.getTime()
  const { proofs } = await standingOf(deps, record, [])
  const missedAt = isLate ? due.toISOString() : undefined
  return { name, ...optional('lastRun', lastRun), ...optional('missedAt', missedAt), proofs }
}
