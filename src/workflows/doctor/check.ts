// What a check of `doctor` is: facts, gathered without changing anything, and a pure rule that judges them.

import type { Config } from '../../config/schema.ts'
import type { Deps } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** What checks may look at. */
export type DoctorDeps = Pick<
  Deps,
  | 'config'
  | 'repos'
  | 'earlierHome'
  | 'runs'
  | 'passphrases'
  | 'borg'
  | 'vaults'
  | 'replication'
  | 'relocation'
  | 'scheduler'
  | 'jobs'
  | 'files'
  | 'sourceTrees'
  | 'clock'
>

/** `skipped`: nothing was looked at, or there is nothing to look at, for the reason that the message gives. */
export interface Verdict {
  readonly level: 'ok' | 'warning' | 'error' | 'skipped'
  /** Lower case, no full stop. */
  readonly message: string
  /** The next step. */
  readonly hint?: string
}

/** What a check of one repo is about. */
export interface RepoSubject {
  readonly record: RepoRecord
  readonly config: Config
}

/**
 * `gather` may throw an AppError, which is a finding then, and may hang, which is cut off. `judge` says nothing where there
 * is nothing to say.
 */
export interface Check<Facts, Subject = undefined> {
  /** One or two words for people. */
  readonly name: string
  gather(deps: DoctorDeps, subject: Subject): Promise<Facts>
  judge(facts: Facts): readonly Verdict[]
}

/** A check whose kind of facts is nobody's business. */
export interface Runnable<Subject = undefined> {
  readonly name: string
  run(deps: DoctorDeps, subject: Subject): Promise<readonly Verdict[]>
}

export function runnable<Facts, Subject>(check: Check<Facts, Subject>): Runnable<Subject> {
  return { name: check.name, run: async (deps, subject) => check.judge(await check.gather(deps, subject)) }
}
