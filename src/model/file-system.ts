// What workflows ask of the file system of this machine.

import type { MergeResult, OverwritePolicy } from './overwrite.ts'

/** Of a disk, as far as this user may use it. */
export interface DiskSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

interface FileDigest {
  readonly sha256: string
  readonly sizeBytes: number
  /** Whole milliseconds. */
  readonly modifiedAtMs: number
}

/** The few things workflows ask of the file system. Paths are absolute. */
export interface Files {
  /** An absolute, plain path from what a person typed. */
  resolve(workingDirectory: string, path: string): string
  /** Follows links; undefined where there is nothing. */
  kind(path: string): Promise<'file' | 'directory' | 'other' | undefined>
  isEmptyDirectory(path: string): Promise<boolean>
  /** May the directory be listed by this user? */
  isReadable(path: string): Promise<boolean>
  /**
   * The first path below `paths` that changed since then, in no order; undefined where nothing did. What cannot be
   * looked at counts as changed. `oneFileSystem`: without what is mounted below them.
   */
  changedSince(
    paths: readonly string[],
    since: Date,
    options: { readonly oneFileSystem: boolean; onEntries(entries: number): void; readonly stop: AbortSignal },
  ): Promise<string | undefined>
  /** Names, sorted; none where it is no directory or may not be read. */
  directoriesIn(path: string): Promise<readonly string[]>
  /**
   * A plain file's facts and the SHA-256 of its content; undefined where there is none, where this user may not read it,
   * and where it changed while it was read. Links are not followed.
   */
  digest(path: string): Promise<FileDigest | undefined>
  makeDirectory(path: string): Promise<void>
  /** Of the disk that a path is on, or would be on. */
  space(path: string): Promise<DiskSpace>
  removeTree(path: string): Promise<void>
  /** Makes a file that only this user may read, whole or not at all; false where something has that name already. */
  createPrivateFile(path: string, text: string): Promise<boolean>
  /** A new, empty directory inside `parent`, for files that are moved out of it later. */
  makeStaging(parent: string): Promise<string>
  /**
   * Moves every entry of `from` into `to` by rename, directories merged, and says what happened. Names of any bytes
   * are kept. An existing entry of `to` is replaced or left as `policy` says; what is left stays in `from`.
   */
  merge(from: string, to: string, policy: OverwritePolicy): Promise<MergeResult>
  /** As `merge` would do, changing nothing. */
  previewMerge(from: string, to: string, policy: OverwritePolicy): Promise<MergeResult>
}
