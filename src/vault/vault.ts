// A vault: an object store that holds repositories off-site. The interface that the filesystem, S3 and the fake keep
// (test/contract/vault.contract.ts). Keys are relative to the vault's root: `<borg id>/head.json`.

/** What a vault knows of an object without reading it. */
export interface ObjectFacts {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Opaque; another one stands for other content. */
  readonly etag: string
  /** By the vault's own clock: the only one that ages of objects are judged by. */
  readonly lastModified: Date
  /** Hex SHA-256 of the content as the vault took it in, where it keeps such. Says nothing of its bytes today. */
  readonly sha256?: string
  /** `STANDARD`, `GLACIER`…; absent where there are no classes. */
  readonly storageClass?: string
}

/** Bytes to store: they can be read any number of times, because a request may be sent again. */
export interface Content {
  readonly size: number
  /** Hex SHA-256 of all of it. */
  readonly sha256: string
  /**
   * From `start` (default 0) up to, not including, `end` (default all). The memory of a part may be used again for the
   * next, and after the last for another reading.
   */
  read(start?: number, end?: number): AsyncIterable<Uint8Array>
}

/** `absent`: only where there is no object of that key. An etag: only over exactly that. `any`: whatever is there. */
export type PutCondition = 'absent' | 'any' | { readonly etag: string }

export interface PutResult {
  /** False: the condition did not hold, and nothing was written — or our own first try had succeeded unheard. Look. */
  readonly stored: boolean
  /** Of what was stored. */
  readonly etag?: string
}

export interface TransferOptions {
  /** Bytes handed over since the last call; negative where a part is sent again. */
  readonly onBytes?: (bytes: number) => void
  readonly signal?: AbortSignal
}

export interface GetOptions extends TransferOptions {
  /** From `start` up to, not including, `end`. */
  readonly range?: { readonly start: number; readonly end: number }
  /** Resolves to `unchanged` when the object still has this etag. */
  readonly unlessEtag?: string
}

/** An object elsewhere on the same server. */
export interface ForeignObject {
  /** The address that its key is relative to. */
  readonly vault: string
  readonly key: string
  /** Only this state of it. */
  readonly etag: string
}

export interface StoredObject {
  readonly facts: ObjectFacts
  /** Read it to its end or leave it by `return`; a connection that falls silent is resumed, then given up. */
  readonly body: AsyncIterable<Uint8Array>
}

/** What the endpoint keeps of what it promises, as found by trying (src/vault/probe.ts). */
export interface VaultFacilities {
  /** Older versions of replaced and deleted objects are kept. */
  readonly versioning: boolean
  /** New objects may not be deleted for so long. */
  readonly objectLock?: { readonly mode: string; readonly days: number }
}

/** Until then an object may be neither deleted nor replaced for good. */
export interface ObjectLock {
  /** `GOVERNANCE` or `COMPLIANCE`. */
  readonly mode: string
  readonly until: Date
}

export interface ObjectLocks {
  /** `none` where it has no lock; undefined where there is no such object. */
  read(key: string): Promise<ObjectLock | 'none' | undefined>
  /** Only ever to a later time: vaults refuse an earlier one. */
  extend(key: string, lock: ObjectLock): Promise<void>
}

/**
 * Every method throws AppError: `vault-unreachable` (after its own retries), `vault-denied`, `vault-missing`,
 * `vault-full`, `vault-failed`, `credentials-missing`, or `interrupted` when `signal` fired. Errors name the key and
 * the call, and never credentials.
 */
export interface Vault {
  /** Without credentials: `s3://acme-backups/borg`, `file:///mnt/nas/borg`. */
  readonly url: string
  /** How many transfers at once serve it well. */
  readonly concurrency: number
  /**
   * Stores an object whole or not at all; when it resolves, the vault has confirmed size and content.
   * The content may be large: it is streamed, in resumable parts where the vault has them.
   */
  put(key: string, content: Content, condition: PutCondition, options?: TransferOptions): Promise<PutResult>
  /**
   * Stores what lies elsewhere on the same server, which the caller knows to be `content`, without its bytes passing
   * through here. False: it cannot be had like that, and nothing was stored. Absent where a vault has no such thing.
   */
  copy?(
    from: ForeignObject,
    key: string,
    content: Pick<Content, 'size' | 'sha256'>,
    signal: AbortSignal,
  ): Promise<boolean>
  /** Undefined where there is no such object. */
  get(key: string, options?: GetOptions): Promise<StoredObject | 'unchanged' | undefined>
  head(key: string): Promise<ObjectFacts | undefined>
  /** Every object whose key starts with `prefix`, in the order of keys; `after`: only keys greater than it. */
  list(prefix: string, options?: { readonly after?: string }): AsyncIterable<ObjectFacts>
  /** The distinct next path segments below `prefix` (which ends in `/` or is empty), of "directories" only. */
  listDirectories(prefix: string): Promise<readonly string[]>
  /** Removes objects; those that are not there are fine. Resolves to the keys the vault refused to delete. */
  delete(keys: readonly string[]): Promise<readonly { readonly key: string; readonly reason: string }[]>
  /** Removes what writers that were killed left half-sent below `prefix` before that time; resolves to how many. */
  sweepUnfinished(prefix: string, before: Date): Promise<number>
  facilities(): Promise<VaultFacilities>
  /** Absent where a vault has no such thing. */
  readonly locks?: ObjectLocks
  /** Gives connections back. */
  close(): Promise<void>
}
