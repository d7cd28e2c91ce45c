// Archives as Borg reports them, and the entries inside one.

export interface Archive {
  readonly name: string
  /** 64 hex digits. */
  readonly id: string
  /** When the backup began. */
  readonly startedAt: Date
}

/** One entry of an archive's listing. `path` may have lost bytes that are not UTF-8: show it, never feed it back. */
export interface ArchiveEntry {
  readonly path: string
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  readonly sizeBytes: number
  readonly mode: string
  /** Borg's local time stamp without a zone, as a Date. */
  readonly modifiedAt: Date
  readonly linkTarget?: string
}

/** What one `borg create` stored. */
export interface ArchiveStats {
  readonly files: number
  readonly originalBytes: number
  readonly compressedBytes: number
  /** Bytes that were new to the repository. */
  readonly deduplicatedBytes: number
}
