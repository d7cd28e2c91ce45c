// What starts runs without a person, and what those have to know of the machine, as workflows see it.

import type { Schedule, SchedulerKind } from '../model/schedule.ts'

/** The schedules of this home, kept by whatever this machine has for that. */
export interface Scheduler {
  /**
   * Every schedule of this home that this user can see, in the order of their ids; read from where it is installed, which
   * is the only place that knows of it. Changes nothing. Empty where there is nothing to install into, too.
   */
  list(): Promise<readonly InstalledSchedule[]>
  /**
   * Installs a schedule in the place of the one there is of the same repos, if any: run again, it changes nothing. Dry:
   * only says what it would write. @throws AppError `scheduler-missing` where nothing can be used; `value-invalid` for a
   * time that the scheduler cannot express; `schedule-taken`, `file-denied`, `scheduler-failed`
   */
  install(schedule: Schedule, options: InstallOptions): Promise<ScheduleInstallation>
  /** Removes what `list` found, and nothing else. @throws AppError `file-denied`, `scheduler-failed` */
  remove(installed: InstalledSchedule): Promise<void>
}

export interface InstallOptions {
  /** Absent: the best that can be used on this machine. */
  readonly kind?: SchedulerKind | undefined
  readonly dryRun: boolean
}

export interface InstalledSchedule {
  /** What it is called where it is installed: `borgboi`, `borgboi-docs`. */
  readonly id: string
  readonly schedule: Schedule
  readonly scheduler: SchedulerKind
  /** `system`: for the whole machine, as root. */
  readonly scope: 'user' | 'system'
  /** Since when it is due at its time, RFC 3339: what was due before was not promised. */
  readonly since: string
  /** The files that it is in. */
  readonly files: readonly string[]
  /** False: it will start nothing until somebody mends what is said in `problems`. */
  readonly active: boolean
  /** What is not as it should be, each with what to do about it. Empty when all is well. */
  readonly problems: readonly ScheduleProblem[]
}

export interface ScheduleProblem {
  readonly message: string
  readonly hint: string
}

export interface ScheduleInstallation extends Pick<InstalledSchedule, 'id' | 'schedule' | 'scheduler' | 'scope'> {
  readonly files: readonly ScheduleFile[]
  /** Where the schedule was before, and is no longer: `cron`. */
  readonly movedFrom?: SchedulerKind
  /** What may keep it from working as it does now, each with what to do about it. */
  readonly problems: readonly ScheduleProblem[]
}

export interface ScheduleFile {
  readonly path: string
  readonly text: string
  readonly change: 'made' | 'changed' | 'same'
}

/** What a run that nobody watches has to know of the machine. */
export interface Circumstances {
  /** Whether it runs on its battery; false where nobody can tell. */
  onBattery(): Promise<boolean>
  /** Whether there is a way out of this machine; true where nobody can tell. Asks nobody outside. */
  hasNetwork(): Promise<boolean>
}
