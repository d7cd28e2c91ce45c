// `schedule install`: from now on backups are made without anybody asking for them.

import type { Deps, InstalledSchedule, ScheduleInstallation } from '../../deps.ts'
import { nextDue, parseCalendar } from '../../model/calendar.ts'
import { optional } from '../../model/repo.ts'
import type { RunConditions, SchedulerKind } from '../../model/schedule.ts'
import { findRecords, type RepoSelection } from '../shared/find-record.ts'
import { requireWritable } from '../shared/require-writable.ts'

export interface InstallScheduleInput extends RepoSelection {
  /** A calendar expression. */
  readonly at: string
  readonly jitterMs: number
  readonly conditions: RunConditions
  /** Absent: the best there is. */
  readonly scheduler?: SchedulerKind | undefined
  readonly dryRun: boolean
}

export interface InstalledResult extends ScheduleInstallation {
  readonly dryRun: boolean
  /** False: it will start nothing until what is said in `problems` is mended. Absent when nothing was installed. */
  readonly active?: boolean
  /** When it is due first, RFC 3339. */
  readonly nextAt: string
}

/** @throws AppError `repo-unknown`, `repo-read-only`, `value-invalid`, and what the scheduler throws */
export async function installSchedule(
  deps: Pick<Deps, 'repos' | 'scheduler' | 'clock'>,
  input: InstallScheduleInput,
): Promise<InstalledResult> {
  const at = parseCalendar(input.at)
  const records = await findRecords(deps, input)
  const [only] = records
  if (!input.all && only !== undefined) requireWritable(only)
  const schedule = {
    ...optional('repo', input.all ? undefined : only?.name),
    at,
    jitterMs: input.jitterMs,
    conditions: input.conditions,
  }
  const { dryRun, scheduler: kind } = input
  const installation = await deps.scheduler.install(schedule, { kind, dryRun })
  const nextAt = nextDue(at, deps.clock.now()).toISOString()
  if (dryRun) return { ...installation, dryRun, nextAt }
  const listed = await findInstalled(deps, installation)
  const problems = [...installation.problems, ...(listed?.problems ?? [])]
  return { ...installation, problems, dryRun, nextAt, active: listed?.active ?? false }
}

async function findInstalled(
  { scheduler }: Pick<Deps, 'scheduler'>,
  { id, scheduler: kind, scope }: ScheduleInstallation,
): Promise<InstalledSchedule | undefined> {
  const all = await scheduler.list()
  return all.find((installed) => installed.id === id && installed.scheduler === kind && installed.scope === scope)
}
