// A schedule: the promise that repos are backed up without anybody asking for it.

import type { Calendar } from './calendar.ts'
import type { RepoName } from './names.ts'
import { parseWait } from './quantities.ts'

/** What can start a program on a machine by itself, the best first. */
export const SCHEDULERS = ['systemd', 'launchd', 'cron'] as const
export type SchedulerKind = (typeof SCHEDULERS)[number]

/** The workflow of a run that could not find out what to run. */
export const SCHEDULE_RUN = 'schedule run'

export interface Schedule {
  /** Absent: every repo, also those that are recorded later. */
  readonly repo?: RepoName
  readonly at: Calendar
  /** The most by which a run begins later than it is due, so that many machines do not begin at once. Milliseconds. */
  readonly jitterMs: number
  readonly conditions: RunConditions
}

/** What a run that nobody watches waits for. */
export interface RunConditions {
  /** Where a repo needs the network: wait until there is a way out of this machine. */
  readonly network: boolean
  /** Wait until the directory of the repository is there, such as that of a disk which is plugged in later. */
  readonly volume: boolean
  /** Skip while this machine runs on its battery. */
  readonly mains: boolean
  /** How long to wait at most. Milliseconds. */
  readonly waitMs: number
}

/** Where nobody says otherwise, as a person would write it. */
export const [USUAL_JITTER, USUAL_WAIT] = ['10min', '10min']

/** One repo at its time, as `schedule install` has it without options. */
export function usualSchedule(repo: RepoName, at: Calendar): Schedule {
  const conditions = { network: false, volume: false, mains: false, waitMs: parseWait(USUAL_WAIT) }
  return { repo, at, jitterMs: parseWait(USUAL_JITTER), conditions }
}

/** The steps in which a run waits for what it needs, before it does anything. */
export const CONDITION_STEPS = ['power', 'network', 'volume'] as const
