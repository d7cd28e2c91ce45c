// A run: one execution of a workflow on one repo, with the outcome of each of its steps. Kept as run history.

import { type AppError, type ErrorCode, EXIT, type ExitCode } from '../errors.ts'

/** What could not be read or kept as it should be, counted by kind. */
export type WarningKind =
  | 'file-changed'
  | 'file-vanished'
  | 'permission-denied'
  | 'input-output'
  | 'pattern-unmatched'
  | 'file-unreadable'
  | 'borg'
  | 'off-site'
  | 'hook'
  | 'reporting'
  | 'drill'
  | 'change'

export interface Warning {
  readonly kind: WarningKind
  readonly message: string
  /** The file it is about, where it is about one; bytes that are not UTF-8 are lost. */
  readonly path?: string
}

/** Figures of a step, all numbers, units in the names: `files`, `originalBytes`, `kept`, `removed`, `freedBytes`… */
export type Figures = Readonly<Record<string, number>>

export interface FailureReport {
  readonly code: ErrorCode
  readonly message: string
  readonly reason?: string
  readonly hint?: string
  readonly exitCode: number
  /** For --verbose and JSON: Borg's last words, its exit code, a defect's stack. Free of secrets. */
  readonly context: AppError['context']
}

export interface StepReport {
  readonly name: string
  readonly outcome: 'ok' | 'warnings' | 'skipped' | 'failed'
  readonly durationMs: number
  readonly figures: Figures
  /** One phrase for people: the archive's name, why it was skipped. */
  readonly detail?: string
  readonly failure?: FailureReport
}

export const OUTCOMES = ['ok', 'warnings', 'skipped', 'failed', 'interrupted'] as const
export type RunOutcome = (typeof OUTCOMES)[number]

export interface RunReport {
  readonly id: string
  /** The command's words: `backup daily`. */
  readonly workflow: string
  readonly repo: string
  /** What was backed up; empty where that has nothing to do with it. Absent in reports of earlier versions. */
  readonly sources?: readonly string[]
  readonly startedAt: string
  readonly durationMs: number
  readonly outcome: RunOutcome
  readonly exitCode: ExitCode
  readonly steps: readonly StepReport[]
  readonly warningCounts: Readonly<Partial<Record<WarningKind, number>>>
  /** The first warnings, for people; the counts are complete. */
  readonly warnings: readonly Warning[]
  readonly failure?: FailureReport
  /** The run that it went on with. */
  readonly continues?: Continuation
}

/** What an earlier run, that did not come to its end, had done. */
export interface Continuation {
  /** Its id. */
  readonly run: string
  readonly archive: string
  /** When it began. */
  readonly since: string
  /** The steps that were not done again. */
  readonly steps: readonly string[]
}

/** A run as it is noted before each of its steps: what is known of it when it is cut off. */
export interface RunUnderWay extends Omit<RunReport, 'durationMs' | 'outcome' | 'exitCode' | 'failure'> {
  /** The step that is about to begin, with the `detail` it will have. */
  readonly step: Pick<StepReport, 'name' | 'detail'>
  readonly notedAt: string
}

/** The report of a run that nobody ended: its process was killed, or its machine went down. */
export function toCutOff({ step, notedAt, ...run }: RunUnderWay): RunReport {
  const failure: FailureReport = {
    code: 'interrupted',
    message: 'the run was cut off',
    reason: `borgboi was killed, or the machine went down, during the step ${step.name}`,
    hint: 'what was finished stays; run the same command again for the rest',
    exitCode: EXIT.interrupted,
    context: {},
  }
  return {
    ...run,
    steps: [...run.steps, { ...step, outcome: 'failed', durationMs: 0, figures: {}, failure }],
    durationMs: Math.max(0, Date.parse(notedAt) - Date.parse(run.startedAt)),
    outcome: 'interrupted',
    exitCode: EXIT.interrupted,
    failure,
  }
}

const NOT_FAILURES: readonly ExitCode[] = [EXIT.ok, EXIT.skipped, EXIT.warnings]

/** The exit code of several runs: interrupted wins, then the first failure, then warnings; skipped only if all were. */
export function combinedExitCode(codes: readonly ExitCode[]): ExitCode {
  if (codes.includes(EXIT.interrupted)) return EXIT.interrupted
  const failure = codes.find((code) => !NOT_FAILURES.includes(code))
  if (failure !== undefined) return failure
  if (codes.includes(EXIT.warnings)) return EXIT.warnings
  return codes.length > 0 && codes.every((code) => code === EXIT.skipped) ? EXIT.skipped : EXIT.ok
}
