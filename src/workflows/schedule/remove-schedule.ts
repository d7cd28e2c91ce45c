// `schedule remove`: what this home has installed is taken out again, after a confirmation; backups stay where they are.

import type { Deps, InstalledSchedule } from '../../deps.ts'
import { parseRepoName } from '../../model/names.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'

export interface RemoveScheduleInput {
  /** Only the schedule of this repo; absent: every schedule of this home. */
  readonly name?: string | undefined
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export interface RemovedSchedules {
  readonly schedules: readonly InstalledSchedule[]
  readonly dryRun: boolean
}

/** Nothing installed is fine. @throws AppError `confirmation-needed`, `file-denied`, `scheduler-failed` */
export async function removeSchedule(
  deps: Pick<Deps, 'scheduler'>,
  input: RemoveScheduleInput,
): Promise<RemovedSchedules> {
  const { dryRun } = input
  // Not looked up among the repos: a schedule may outlive the repo it is of.
  const name = input.name === undefined ? undefined : parseRepoName(input.name)
  const installed = await deps.scheduler.list()
  const schedules = installed.filter(({ schedule }) => name === undefined || schedule.repo === name)
  if (dryRun || schedules.length === 0) return { schedules, dryRun }
  await requireConfirmation(input.confirm, {
    action: `remove ${schedules.length === 1 ? 'a schedule' : `${schedules.length} schedules`}`,
    consequences: schedules.map(
      ({ schedule, files }) => `${schedule.repo ?? 'every repo'} is no longer backed up by itself: ${files.join(', ')}`,
    ),
  })
  for (const schedule of schedules) await deps.scheduler.remove(schedule)
  return { schedules, dryRun }
}
