// `schedule run`: what the scheduler of the system starts. The daily backup, later by a random while where many machines
// would begin at once, under conditions, and where asked for only for repos that have missed their time; then what proves
// that it restores, where that is promised. Whatever came of it, every repo is looked at: one that nothing runs for tells
// nobody by itself.

import { AppError, toAppError } from '../../errors.ts'
import { type Calendar, parseCalendar } from '../../model/calendar.ts'
import { parseInstant } from '../../model/instant.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { type RunConditions, SCHEDULE_RUN } from '../../model/schedule.ts'
import { findRecords, type RepoSelection } from '../shared/find-record.ts'
import type { ForEachInput } from '../shared/for-each-repo.ts'
import { performRun } from '../shared/run.ts'
import { tellStandings } from '../shared/standing.ts'
import { areMet, isSkippedHere, requireConditions, sleep } from './conditions.ts'
import { dueAfter, latestDaily } from './missed.ts'
import { type ProofDeps, type Proving, proveRepos } from './proofs.ts'

export interface RunScheduleInput extends RepoSelection {
  readonly jobs?: number | undefined
  readonly conditions: RunConditions
  /** Begin later by a random part of this. */
  readonly jitterMs: number
  /** Only repos that were due by this calendar since, and were not begun. */
  readonly missed?: { readonly at: string; readonly since: string } | undefined
}

export interface ScheduledRun {
  /** Absent where runs were made. */
  readonly idle?: 'nothing was missed' | 'another scheduled run is under way'
  readonly reports: readonly RunReport[]
}

/** What runs for each repo: the daily backup, and what proves something. */
export interface ScheduledWork extends Proving {
  readonly daily: (input: ForEachInput) => Promise<readonly RunReport[]>
}

const NOTHING: ScheduledRun = { idle: 'nothing was missed', reports: [] }

/** What a run is about that cannot even find its repos; no repo can have this name. */
const NO_REPO = { name: 'the schedule' as RepoName, path: '', sources: [] }
/** What only who wrote the command can mend, and what a person wanted. */
const NO_RUN: readonly string[] = ['usage-invalid', 'value-invalid', 'interrupted']

/**
 * What keeps all runs from beginning is the report of one: it is kept and told like any failure, because nobody watches.
 * @throws AppError `usage-invalid`, `value-invalid`; `interrupted` before any run has begun
 */
export async function runSchedule(
  deps: ProofDeps,
  input: RunScheduleInput,
  work: ScheduledWork,
): Promise<ScheduledRun> {
  try {
    return await runWhenDue(deps, input, work)
  } catch (error) {
    if (NO_RUN.includes(toAppError(error).code)) throw error
    const about = { record: NO_REPO, workflow: SCHEDULE_RUN, exclusive: false }
    return { reports: [await performRun(deps, about, () => Promise.reject(error))] }
  }
}

async function runWhenDue(deps: ProofDeps, input: RunScheduleInput, work: ScheduledWork): Promise<ScheduledRun> {
  const { conditions, jitterMs, all, name, jobs } = input
  const missed = input.missed && {
    at: parseCalendar(input.missed.at),
    since: parseInstant(input.missed.since).toISOString(),
  }
  const due = async () => await dueNames(deps, await findRecords(deps, input), conditions, missed)
  if ((await due()).length === 0) {
    await tellStandings(deps)
    return NOTHING
  }
  await using lock = await lockOf(deps, input)
  if (lock === undefined) return { idle: 'another scheduled run is under way', reports: [] }
  await sleep(deps, Math.floor(jitterMs * randomFraction(deps.host.newId())))
  // Meanwhile somebody may have done it by hand.
  const names = await due()
  if (names.length === 0) return NOTHING
  const ready = (...[run, record]: Parameters<NonNullable<ForEachInput['ready']>>) =>
    requireConditions(deps, conditions, run, record)
  const selection = all ? { all, among: names } : { name: name ?? names[0] }
  const backups = await work.daily({ ...selection, jobs, passphrase: {}, ready })
  const proofs = await proveRepos(deps, { backups, conditions, jobs }, work)
  await tellStandings(deps)
  return { reports: [...backups, ...proofs] }
}

type Missed = { readonly at: Calendar; readonly since: string } | undefined

async function dueNames(
  deps: ProofDeps,
  records: readonly RepoRecord[],
  conditions: RunConditions,
  missed: Missed,
): Promise<RepoName[]> {
  const names: RepoName[] = []
  for (const record of records) {
    if (missed === undefined || (await hasMissed(deps, record, conditions, missed))) names.push(record.name)
  }
  return names
}

/**
 * A run that failed is not begun again before its time: somebody has to look. One that was interrupted is, and one that
 * was skipped for a condition, as soon as that is met.
 */
async function hasMissed(
  deps: ProofDeps,
  record: RepoRecord,
  conditions: RunConditions,
  { at, since }: NonNullable<Missed>,
): Promise<boolean> {
  if (record.readOnly) return false
  const [last, now] = [await latestDaily(deps, record.name, isNotInterrupted), deps.clock.now()]
  if (dueAfter(at, since, last, now) <= now) return true
  return last !== undefined && isSkippedHere(last) && (await areMet(deps, conditions, record))
}

function isNotInterrupted({ outcome }: RunReport): boolean {
  return outcome !== 'interrupted'
}

/** Where these keep a lock from being taken, no run can begin either, but each says so, to whoever is told of failures. */
const NO_LOCKS: readonly string[] = ['disk-full', 'file-denied', 'file-unusable']

/** Schedules of the same repos keep each other out at once; those of others meet at the repos they share. */
async function lockOf({ jobs }: ProofDeps, { all, name }: RunScheduleInput): Promise<AsyncDisposable | undefined> {
  try {
    return await jobs.acquire(all ? '@schedule' : `@schedule-${name ?? ''}`, 'schedule run', 0)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'locked') return undefined
    if (NO_LOCKS.includes(error.code)) return { [Symbol.asyncDispose]: async () => {} }
    throw error
  }
}

/** From the random end of an id: at least 0, below 1. */
function randomFraction(id: string): number {
  return Number.parseInt(id.slice(-4), 36) / 36 ** 4
}
