// Archives as Borg reports them, and the entries inside one.

export interface Archive {
  readonly name: string
  /** 64 hex digits. */
  readonly id: string
  /** When the backup began. */
  readonly startedAt: Date
  /** Only where it was asked for. */
  readonly comment?: string
}

/**
 * One entry of an archive's listing. `path` may have lost bytes that are not UTF-8 (they come as `?`): show it, never
 * feed it back.
 */
export interface ArchiveEntry {
  readonly path: string
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  readonly sizeBytes: number
  /** `-rw-r--r--`; with an `h` in front, another name of a file that came before, which says size 0. */
  readonly mode: string
  /** Borg's local time stamp without a zone, as a Date. */
  readonly modifiedAt: Date
  readonly linkTarget?: string
}

/** One path that differs between two archives. `path` as in `ArchiveEntry`. */
export interface ArchiveChange {
  readonly path: string
  /** `attributes`: nothing but mode, owner or times. */
  readonly kind: 'added' | 'removed' | 'modified' | 'attributes'
  /** Of content that only the second archive has; absent where Borg cannot tell, as for links. */
  readonly addedBytes?: number
  /** Of content that only the first archive has. */
  readonly removedBytes?: number
  /** Mode, owner and times that differ. */
  readonly attributes: readonly AttributeChange[]
}

export interface AttributeChange {
  readonly name: 'mode' | 'owner' | 'mtime' | 'ctime'
  /** A mode as `-rw-r--r--`, an owner as `user:group`, a time in RFC 3339. */
  readonly before: string
  readonly after: string
}

/** An archive with what it holds. */
export type ArchiveDetails = Archive & ArchiveStats

/** What one `borg create` stored. */
export interface ArchiveStats {
  readonly files: number
  readonly originalBytes: number
  readonly compressedBytes: number
  /** Bytes that were new to the repository. */
  readonly deduplicatedBytes: number
}
