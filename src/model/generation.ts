// A generation: one immutable state of a repository in a vault. What its manifest and the head hold, where objects have
// their place, and which files a repository may have. Source: docs/formats.md, "In a vault".

/** Of every object in a vault. A higher number is refused. */
export const VAULT_FORMAT = 1

/** `aux` files (index, hints, integrity) are expendable: Borg makes them anew. */
export type FileRole = 'segment' | 'aux' | 'config' | 'nonce' | 'readme' | 'transactions'

export interface ManifestFile {
  /** In the repository: `data/0/17`, `config`. */
  readonly path: string
  readonly size: number
  /** Hex SHA-256 of the content, which names the blob. */
  readonly sha256: string
  readonly role: FileRole
}

export interface GenerationRef {
  readonly seq: number
  readonly ulid: string
  /** Hex SHA-256 of the stored manifest object, compressed as it is. */
  readonly sha256: string
}

export interface Manifest {
  readonly format: number
  /** Borg's id of the repository, 64 hex digits. */
  readonly repoId: string
  /** From 1. */
  readonly seq: number
  readonly ulid: string
  /** Absent in the first generation. */
  readonly parent?: GenerationRef
  readonly createdAt: string
  readonly writer: { readonly installId: string; readonly host: string; readonly epoch: number }
  /** `borgboi/2.0.0` */
  readonly tool: string
  readonly borg: {
    /** T: the number of the last committed transaction. No segment is higher. */
    readonly transactionId: number
    readonly segmentsPerDir: number
    /** The repository's next free counter, 16 hex digits; absent where it has none. */
    readonly nonce?: string
  }
  readonly totals: { readonly files: number; readonly bytes: number }
  /** Paths that are new or have other content than in the parent, and paths that are gone: a report for people. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Why this state looks like a loss, in words; expiry stands still while there is one. */
  readonly suspicious?: string
  /**
   * Written by a machine that took over as the writer: these are the files of that generation, with a raised counter.
   * Where it is not the parent, the chain was set back to it, and the transaction may be lower than the parent's.
   */
  readonly restoredFrom?: number
  /** Every file, sorted by path in code units. */
  readonly files: readonly ManifestFile[]
}

/** `head.json`: the newest generation, and who may write the next one. */
export interface Head {
  readonly format: number
  readonly seq: number
  readonly manifestKey: string
  readonly manifestSha256: string
  /** Grows when another machine takes over; a writer of a lower one is fenced off. */
  readonly epoch: number
  /** The install id of the writer of this epoch. */
  readonly writerId: string
  /** The ULID of the generation: tells our own lost success from another's. */
  readonly pushId: string
  readonly updatedAt: string
}

/** `format.json`: whose generations these are. */
export interface VaultFormat {
  readonly format: number
  readonly repoId: string
  /** What the repo was called where it was first pushed. */
  readonly name: string
  readonly createdAt: string
}

const SEQ_DIGITS = 12

/** Where a repository's objects lie, relative to the vault's root. */
export function keysOf(repoId: string) {
  const root = `${repoId}/`
  return {
    root,
    format: `${root}format.json`,
    head: `${root}head.json`,
    objects: `${root}objects/`,
    blob: (sha256: string) => `${root}objects/${sha256.slice(0, 2)}/${sha256}`,
    generations: `${root}generations/`,
    manifest: (seq: number, ulid: string) => `${root}generations/${padSeq(seq)}-${ulid}.json.gz`,
    verifications: `${root}verified/`,
    /** The name tells everything: which generation was verified, how deep, when (the ULID's time). */
    verification: (seq: number, level: number, ulid: string) => `${root}verified/${padSeq(seq)}-V${level}-${ulid}.json`,
    collections: `${root}gc/`,
    collection: (ulid: string) => `${root}gc/${ulid}.json`,
  }
}

function padSeq(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0')
}

/** Seq and ULID from a manifest's key; undefined for anything else. */
export function parseManifestKey(key: string): { readonly seq: number; readonly ulid: string } | undefined {
  const match = /\/generations\/(\d{12})-([0-9A-HJKMNP-TV-Z]{26})\.json\.gz$/.exec(key)
  return match?.[1] && match[2] ? { seq: Number(match[1]), ulid: match[2] } : undefined
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** When a ULID was made: its first ten characters are milliseconds in Crockford's base 32. */
export function ulidTime(ulid: string): Date {
  let timeMs = 0
  for (const character of ulid.slice(0, 10)) timeMs = timeMs * 32 + CROCKFORD.indexOf(character)
  return new Date(timeMs)
}

/** The hash in a blob's key; undefined for anything else. */
export function parseBlobKey(key: string): string | undefined {
  return /\/objects\/([0-9a-f]{2})\/(\1[0-9a-f]{62})$/.exec(key)?.[2]
}

/** What a path of a repository is; undefined for everything that is never copied: locks, leftovers, strangers. */
export function roleOf(path: string): FileRole | undefined {
  if (path === 'README') return 'readme'
  if (path === 'config' || path === 'nonce' || path === 'transactions') return path
  if (/^(index|hints|integrity)\.\d{1,15}$/.test(path)) return 'aux'
  return segmentNumber(path) === undefined ? undefined : 'segment'
}

/** The number of a segment from its path: `data/0/17` is 17. */
export function segmentNumber(path: string): number | undefined {
  const match = /^data\/(?:0|[1-9]\d{0,14})\/(0|[1-9]\d{0,14})$/.exec(path)
  return match?.[1] === undefined ? undefined : Number(match[1])
}
