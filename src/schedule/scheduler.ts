// What starts runs without a person, as workflows see it.

import type { Schedule, SchedulerKind } from '../model/schedule.ts'

/** The schedules of this home, kept by whatever this machine has for that. */
export interface Scheduler {
  /**
   * Every schedule of this home that this user can see, in the order of their ids; read from where it is installed, which
   * is the only place that knows of it. Changes nothing. Empty where there is nothing to install into, too.
   */
  list(): Promise<readonly InstalledSchedule[]>
}

export interface InstalledSchedule {
  /** What it is called where it is installed: `borgboi`, `borgboi-docs`. */
  readonly id: string
  readonly schedule: Schedule
  readonly scheduler: SchedulerKind
  /** `system`: for the whole machine, as root. */
  readonly scope: 'user' | 'system'
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
