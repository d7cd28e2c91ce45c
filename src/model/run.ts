// A run: one execution of a workflow on one repo, with the outcome of each of its steps. Kept as run history.

import { type ErrorCode, EXIT, type ExitCode } from '../errors.ts'

/** What Borg could not read or keep, counted by kind. */
export type WarningKind =
  | 'file-changed'
  | 'file-vanished'
  | 'permission-denied'
  | 'input-output'
  | 'pattern-unmatched'
  | 'file-unreadable'
  | 'borg'
  | 'passphrase-file'

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

export type RunOutcome = 'ok' | 'warnings' | 'failed' | 'interrupted'

export interface RunReport {
  readonly id: string
  /** The command's words: `backup daily`. */
  readonly workflow: string
  readonly repo: string
  readonly startedAt: string
  readonly durationMs: number
  readonly outcome: RunOutcome
  readonly exitCode: ExitCode
  readonly steps: readonly StepReport[]
  readonly warningCounts: Readonly<Partial<Record<WarningKind, number>>>
  /** The first warnings, for people; the counts are complete. */
  readonly warnings: readonly Warning[]
  readonly failure?: FailureReport
}

const SEVERITY: readonly ExitCode[] = [EXIT.ok, EXIT.skipped, EXIT.warnings]

/** The exit code of several runs: interrupted wins, then the first failure, then warnings. */
export function combinedExitCode(codes: readonly ExitCode[]): ExitCode {
  if (codes.includes(EXIT.interrupted)) return EXIT.interrupted
  const failure = codes.find((code) => !SEVERITY.includes(code))
  return failure ?? (codes.includes(EXIT.warnings) ? EXIT.warnings : EXIT.ok)
}
