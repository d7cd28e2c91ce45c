// Directories as backups read them: entry by entry, nothing followed, nothing changed.

export interface SourceEntry {
  /** Absolute. A byte that is not UTF-8 is a lone surrogate, U+DC80 to U+DCFF, as it is for Borg. */
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'socket' | 'other'
  readonly bytes: number
  /** Tells the file system from others. */
  readonly device: number
  /** Tells the entry from all others. */
  readonly identity: string
}

export interface SourceTrees {
  /** Undefined where there is nothing. @throws AppError `file-denied`, `file-unusable` */
  entry(path: string): Promise<SourceEntry | undefined>
  /**
   * What is in a directory, in no order and in constant memory; nothing where it is gone.
   * @throws AppError `file-denied`, `file-unusable`
   */
  entries(directory: string): AsyncIterable<SourceEntry>
  /** Whether a directory has a CACHEDIR.TAG that begins as such files have to. False where that cannot be read. */
  isTaggedCache(directory: string): Promise<boolean>
  /** Without links in it, as far as there is something. */
  realPath(path: string): Promise<string>
  /** A path or a pattern as Borg compares it on this system. */
  comparable(text: string): string
}
