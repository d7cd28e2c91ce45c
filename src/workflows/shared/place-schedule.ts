// Installing a schedule, and looking at it afterwards: what was written is not yet what starts.

import type { Deps, InstalledSchedule, InstallOptions, ScheduleInstallation } from '../../deps.ts'
import { nextDue } from '../../model/calendar.ts'
import type { Schedule } from '../../model/schedule.ts'

export interface InstalledResult extends ScheduleInstallation {
  readonly dryRun: boolean
  /** False: it will start nothing until what is said in `problems` is mended. Absent when nothing was installed. */
  readonly active?: boolean
  /** When it is due first, RFC 3339. */
  readonly nextAt: string
}

/** @throws AppError as the scheduler does */
export async function placeSchedule(
  deps: Pick<Deps, 'scheduler' | 'clock'>,
  schedule: Schedule,
  options: InstallOptions,
): Promise<InstalledResult> {
  const { dryRun } = options
  const installation = await deps.scheduler.install(schedule, options)
  const nextAt = nextDue(schedule.at, deps.clock.now()).toISOString()
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
