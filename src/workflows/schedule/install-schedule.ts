// `schedule install`: from now on backups are made without anybody asking for them.

import type { Deps } from '../../deps.ts'
import { parseCalendar } from '../../model/calendar.ts'
import { optional } from '../../model/repo.ts'
import type { RunConditions, SchedulerKind } from '../../model/schedule.ts'
import { findRecords, type RepoSelection } from '../shared/find-record.ts'
import { type InstalledResult, placeSchedule } from '../shared/place-schedule.ts'
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
  return await placeSchedule(deps, schedule, { kind: input.scheduler, dryRun: input.dryRun })
}
