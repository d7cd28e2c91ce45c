// The spine: everything a run tells, as one stream. What shows, stores or sends anything is a sink on it.

import type { StandingName } from './objectives.ts'
import type { RunReport, StepReport, Warning } from './run.ts'
import type { ObjectiveStanding } from './standing.ts'

/** How far a step is. Totals are absent where nobody knows them; `fraction` goes from 0 to 1. */
export interface Progress {
  /** What is being done within the step, where it has parts: `upload blobs`. */
  readonly stage?: string
  readonly files?: number
  readonly bytes?: number
  readonly totalBytes?: number
  readonly fraction?: number
  readonly path?: string
}

/** Callbacks while a step works; they must not throw. */
export interface StepHandlers {
  onProgress?(progress: Progress): void
  /** A problem that does not stop the step. */
  onWarning?(warning: Warning): void
}

/** Which run an event belongs to: several may be under way at once. */
interface InRun {
  readonly runId: string
  readonly repo: string
}

export type RunEvent = InRun &
  (
    | {
        readonly type: 'run-started'
        readonly workflow: string
        readonly sources: readonly string[]
        readonly repositoryPath: string
        /** The vault that the repo is copied to. */
        readonly vault?: string
        /** The latest finished run of the same workflow and repo: what estimates are made from. */
        readonly previous?: RunReport
      }
    | { readonly type: 'step-started'; readonly step: string }
    | { readonly type: 'progress'; readonly step: string; readonly progress: Progress }
    | { readonly type: 'warning'; readonly step: string; readonly warning: Warning }
    | { readonly type: 'step-finished'; readonly step: StepReport }
    | { readonly type: 'run-finished'; readonly report: RunReport }
  )

/** Something to tell a person that belongs to no run: `repo create`'s advice, a fixed permission. */
export interface Notice {
  readonly type: 'notice'
  readonly level: 'info' | 'warning'
  readonly message: string
  readonly hint?: string
}

/** It was looked at how a repo stands to what was promised of it. */
export interface ObjectivesJudged {
  readonly type: 'objectives-judged'
  readonly repo: string
  /** All that are broken; empty where all is well. */
  readonly broken: readonly ObjectiveStanding[]
  /** Those of them that were not when this was last looked at, and those that were and are not any more. */
  readonly broke: readonly StandingName[]
  readonly recovered: readonly StandingName[]
}

export type AppEvent = RunEvent | Notice | ObjectivesJudged

export function hasChanged({ broke, recovered }: ObjectivesJudged): boolean {
  return broke.length + recovered.length > 0
}

/** A sink. It must not throw; a sink that cannot do its work drops the event. */
export type EventSink = (event: AppEvent) => void

/** Makes what an outlet does at the end of a run a step of that run. `act` never throws: what it cannot do is a warning. */
export type ConcludingStep = (
  name: string,
  act: (handlers: Required<StepHandlers>) => Promise<Pick<StepReport, 'detail'>>,
) => Promise<void>

/** A sink that tells somebody or something outside: the event log, notifiers, metrics, traces. No run fails for one. */
export interface Outlet {
  readonly take: EventSink
  /**
   * Called once for each run that has come to its end, while its report can still take warnings. What is to be told
   * then is told in a step; without anything to tell there is none. Never rejects, and is bounded in time.
   */
  conclude(report: RunReport, step: ConcludingStep): Promise<void>
  /** The command ends: what is left is done now. Never rejects, and is bounded in time. */
  close(): Promise<void>
}
