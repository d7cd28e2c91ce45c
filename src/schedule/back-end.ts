// What each kind of scheduler does for borgboi, in its own words and files.

import type { SchedulerKind } from '../model/schedule.ts'
import type { Scope } from './machine.ts'
import type { Note } from './note.ts'
import type { InstalledSchedule } from './scheduler.ts'

export interface BackEnd {
  readonly kind: SchedulerKind
  readonly scope: Scope
  /** Everything in its place that has a note of ours, of whatever home. */
  found(): Promise<readonly FoundJob[]>
  /** Whether a job that was found will start what it has to. */
  state(job: FoundJob): Promise<Pick<InstalledSchedule, 'active' | 'problems'>>
}

export interface FoundJob {
  readonly id: string
  readonly note: Note
  readonly files: readonly string[]
}
