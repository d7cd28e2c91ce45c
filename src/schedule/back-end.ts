// What each kind of scheduler does for borgboi, in its own words and files.

import type { SchedulerKind } from '../model/schedule.ts'
import type { Job } from './job.ts'
import type { Scope } from './machine.ts'
import type { Note } from './note.ts'
import type { InstalledSchedule } from './scheduler.ts'

export interface BackEnd {
  readonly kind: SchedulerKind
  readonly scope: Scope
  /** Why it cannot be used here; undefined where it can. */
  obstacle(): Promise<string | undefined>
  /** Everything in its place that has a note of ours, of whatever home. */
  found(): Promise<readonly FoundJob[]>
  /** Whether a job that was found will start what it has to. */
  state(job: FoundJob): Promise<Pick<InstalledSchedule, 'active' | 'problems'>>
  /** The files of a job. @throws AppError `value-invalid` for what it cannot express */
  render(job: Job): Promise<readonly JobFile[]>
  /** Writes the files and starts the job; what it replaces is replaced. @throws AppError `file-denied`, `scheduler-failed` */
  install(job: Job, files: readonly JobFile[]): Promise<void>
  /** Stops the job and removes its files, in an order that can be repeated. */
  remove(job: FoundJob): Promise<void>
}

export interface FoundJob {
  readonly id: string
  readonly note: Note
  readonly files: readonly string[]
}

export interface JobFile {
  /** Where it is, for people too. */
  readonly path: string
  readonly text: string
  /** What is there now. */
  readonly before: string | undefined
}
