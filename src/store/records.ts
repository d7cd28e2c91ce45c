// What borgboi remembers of repos, as the rest of it sees that: interfaces that the store implements, with the contract
// they are tested for. Everyone imports them from deps.ts.

import type { RepoEvidence } from '../model/evidence.ts'
import type { ExclusionPattern } from '../model/exclusions.ts'
import type { NamedFiles } from '../model/named-files.ts'
import type { RepoName } from '../model/names.ts'
import type { RepoRecord } from '../model/repo.ts'
import type { RunReport, RunUnderWay } from '../model/run.ts'
import type { SharedRepo } from '../model/shared-repo.ts'

/** How a repo is named on a command line: by name or by path; by neither when there is only one. */
export interface RepoTarget {
  readonly name?: string | undefined
  readonly path?: string | undefined
}

/**
 * The records of repos. Every write is atomic and durable before it resolves, and no write is lost when processes
 * write at the same time. A store that cannot be read is never taken for an empty one.
 */
export interface RepoStore {
  /** In the order of names. Empty only where nothing was ever recorded. */
  list(): Promise<readonly RepoRecord[]>
  get(name: RepoName): Promise<RepoRecord | undefined>
  /** `path` as recorded, letter for letter. */
  getByPath(path: string): Promise<RepoRecord | undefined>
  getByBorgId(borgId: string): Promise<readonly RepoRecord[]>
  /** @throws AppError `repo-exists` where the name or the path is recorded already. */
  add(record: RepoRecord): Promise<void>
  /**
   * Replaces the record by `change` of its newest state, and resolves to what was stored. `change` may be called again
   * when another process wrote in between; it must not keep or change anything. @throws AppError `repo-unknown`
   */
  update(name: RepoName, change: (current: RepoRecord) => RepoRecord): Promise<RepoRecord>
  /** @throws AppError `repo-unknown` */
  remove(name: RepoName): Promise<void>
  /** What is wrong with the stored state; changes nothing. */
  check(): Promise<StoreHealth>
  /** Writes a good store from everything readable, keeping what it replaces. Dry: only says what it would do. */
  rebuild(options: { readonly dryRun: boolean }): Promise<StoreRebuild>
}

/** What several hosts tell each other of their repos. */
export interface SharedRepos {
  /**
   * The repos of all hosts, in no order. @throws AppError `usage-invalid` where nothing is shared; `offline`,
   * `credentials-missing`, `table-unreachable`, `table-denied`, `table-missing`, `table-failed`
   */
  list(): Promise<readonly SharedRepo[]>
}

export interface StoreHealth {
  readonly path: string
  /** 0 where a store does not count its writes. */
  readonly revision: number
  readonly repos: number
  /** Empty when all is well. */
  readonly problems: readonly string[]
  /** Changes that others than this machine were not told of yet. */
  readonly waiting: number
}

export interface StoreRebuild {
  /** The file the records were taken from; absent when there is nothing to rebuild from. */
  readonly source?: string
  readonly recovered: readonly string[]
  /** Records that could not be kept, each with the reason. */
  readonly dropped: readonly { readonly name: string; readonly reason: string }[]
  /** Where the replaced file went. */
  readonly quarantined?: string
}

/** Exclusions files: one shared by all repos, one per repo, none required. */
export interface ExclusionStore extends NamedFiles {
  /** The file of a repo, or the shared one; it need not exist. */
  path(scope: RepoName | 'shared'): string
  /** The file's text; undefined where there is none. */
  read(scope: RepoName | 'shared'): Promise<string | undefined>
  /** Replaces the whole text atomically. */
  write(scope: RepoName | 'shared', text: string): Promise<void>
  /** The text of a file that somebody keeps elsewhere. @throws AppError `file-unusable`, `file-denied` */
  readOther(path: string): Promise<string>
  /** The checked patterns, in order; empty without a file. @throws AppError `value-invalid` naming file and line */
  patterns(scope: RepoName | 'shared'): Promise<readonly ExclusionPattern[]>
}

/** What was seen to be so of each repo, the newest of each kind. */
export interface EvidenceStore extends NamedFiles {
  /** What cannot be read is left out. */
  read(repo: RepoName): Promise<RepoEvidence>
  /** Replaces each kind that is given. @throws AppError `disk-full`, `file-denied`, `file-unusable` */
  keep(repo: RepoName, evidence: RepoEvidence): Promise<void>
}

/** Reports of runs, newest first, as many as the configuration keeps. What cannot be read is left out. */
export interface RunHistory extends NamedFiles {
  /** Notes how far a run is, in place of what was noted of it before. */
  note(run: RunUnderWay): Promise<void>
  /** Keeps a report, in place of what was noted of the run. */
  append(report: RunReport): Promise<void>
  /**
   * At most `limit` reports of a repo, whatever it was called then, or without one of all. The newest first; those of a
   * time to come, which a wrong clock has made, last.
   */
  list(repo: string | undefined, limit: number): Promise<readonly RunReport[]>
  /** What is noted of runs that have no report: they are under way, or were cut off. */
  underWay(repo: string | undefined): Promise<readonly RunUnderWay[]>
  /** Reports by the beginning or the end of their id, in any case. */
  find(id: string): Promise<readonly RunReport[]>
}
