// A snapshot: the files of one committed transaction, held still while they are read. As with a seqlock, what is needed
// is linked between two looks at the repository, and counts only when they show the same: so nothing that was compacted
// or committed in between is ever mixed in. Where there are no hard links, the files are read in their place.

import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import type { FileRole } from '../model/generation.ts'
import { readBytesIfAny } from '../platform/entries.ts'
import { type FileFacts, hasSameContent } from '../platform/file-facts.ts'
import type { ReplicationContext } from './context.ts'
import type { HashCache } from './hashes.ts'
import { LinkDirectory } from './link-directory.ts'
import type { LocalRepository, PushOptions } from './replication.ts'
import { type RepositoryScan, type ScannedFile, scanRepository } from './scan.ts'
import { throwIfStopped } from './stop.ts'

/** `known`: the vault has it, and nothing is read. `bytes`: a small file that changes, as it was. */
export type Source =
  | { readonly kind: 'known'; readonly sha256: string }
  | { readonly kind: 'file'; readonly name: string; readonly facts: FileFacts; readonly sha256: string | undefined }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }

export interface SnapshotFile {
  /** In the repository. */
  readonly path: string
  readonly role: FileRole
  readonly size: number
  readonly source: Source
}

/** The scan it is of is not kept: of tens of thousands of files it is megabytes. */
export interface Snapshot extends Pick<RepositoryScan, 'transactionId' | 'segmentsPerDir' | 'config'> {
  /** In the order of the scan. */
  readonly files: readonly SnapshotFile[]
  readonly nonce: string | undefined
  readonly takenAtMs: number
  /** Gives the files free. */
  release(): Promise<void>
}

const QUICK_TRIES = 3
const PAUSE_MS = 50
const PAUSE_MAX_MS = 1000

export interface SnapshotOptions extends Pick<PushOptions, 'lockWaitMs' | 'auxMaxBytes'> {
  /** Writes nothing: the files may be gone when they are read. */
  readonly inPlace: boolean
  /** Whether the content of that hash need not be read, where it is known. */
  isStored(sha256: string): boolean
}

/** @throws AppError `locked`, `interrupted`, `disk-full`, what scanning throws */
export async function takeSnapshot(
  context: ReplicationContext,
  repository: LocalRepository,
  options: SnapshotOptions,
  hashes: HashCache,
): Promise<Snapshot> {
  const deadline = context.clock.monotonicMs() + options.lockWaitMs
  for (let attempt = 1; ; attempt++) {
    throwIfStopped(context, 'take a snapshot of the repository')
    const before = await scanRepository(repository, options.auxMaxBytes)
    const snapshot = before && (await hold(context, repository, before, options, hashes))
    const after = snapshot && (await scanRepository(repository, options.auxMaxBytes))
    if (after && isSame(before, after)) return snapshot
    await snapshot?.release()
    if (attempt >= QUICK_TRIES && context.clock.monotonicMs() >= deadline) throw restless(repository)
    await pause(context, Math.min(PAUSE_MS * attempt, PAUSE_MAX_MS))
  }
}

/** Undefined when a file is gone since the scan. */
async function hold(
  context: ReplicationContext,
  { directory }: LocalRepository,
  scan: RepositoryScan,
  { inPlace, isStored }: SnapshotOptions,
  hashes: HashCache,
): Promise<Snapshot | undefined> {
  const takenAtMs = context.clock.now().getTime()
  const links = inPlace ? undefined : await LinkDirectory.make(context, directory)
  const release = async () => await links?.release(hashes)
  try {
    const files: SnapshotFile[] = []
    for (const file of scan.files) {
      const source = holdFile(directory, file, links, hashes, isStored)
      if (source === 'gone') {
        await release()
        return undefined
      }
      files.push({ path: file.path, role: file.role, size: file.facts.size, source })
      if (files.length % FILES_IN_A_ROW === 0) {
        await setImmediate()
        throwIfStopped(context, 'take a snapshot of the repository')
      }
    }
    // The counter last: it may be too high for the segments, never too low.
    const read = (path: string) => readBytesIfAny(join(directory, path))
    const small = {
      config: scan.config,
      readme: read('README'),
      transactions: read('transactions'),
      nonce: read('nonce'),
    }
    return {
      transactionId: scan.transactionId,
      segmentsPerDir: scan.segmentsPerDir,
      config: scan.config,
      files: [
        ...files,
        ...bytesFile('config', 'config', small.config),
        ...bytesFile('README', 'readme', small.readme),
        ...bytesFile('transactions', 'transactions', small.transactions),
        ...bytesFile('nonce', 'nonce', small.nonce),
      ],
      nonce: /^[0-9a-f]{16}$/.exec(small.nonce?.toString().trim() ?? '')?.[0],
      takenAtMs,
      release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** After so many links others get their turn. */
const FILES_IN_A_ROW = 1000

function holdFile(
  directory: string,
  { path, facts }: ScannedFile,
  links: LinkDirectory | undefined,
  hashes: HashCache,
  isStored: (sha256: string) => boolean,
): Source | 'gone' {
  const sha256 = hashes.find(path, facts)
  if (sha256 !== undefined && isStored(sha256)) return { kind: 'known', sha256 }
  const linked = links?.link(path) ?? 'impossible'
  if (linked === 'gone') return 'gone'
  // No hard links here, or no more of this file: it is read in its place, and missed if Borg removes it.
  if (linked === 'impossible') return { kind: 'file', name: join(directory, path), facts, sha256 }
  hashes.carryOver(path, facts, linked.facts)
  return { kind: 'file', name: linked.name, facts: linked.facts, sha256 }
}

/** Files that are replaced or appended to outside of transactions: a copy, since a link would change with them. */
function bytesFile(path: string, role: FileRole, bytes: Buffer | undefined): SnapshotFile[] {
  return bytes === undefined ? [] : [{ path, role, size: bytes.length, source: { kind: 'bytes', bytes } }]
}

/** Our own links change the time of an inode, so that it says nothing here. */
function isSame(before: RepositoryScan, after: RepositoryScan): boolean {
  return (
    before.transactionId === after.transactionId &&
    before.config.equals(after.config) &&
    before.files.length === after.files.length &&
    before.files.every(({ path, facts }, place) => {
      const other = after.files[place]
      return other?.path === path && hasSameContent(other.facts, facts)
    })
  )
}

async function pause({ clock, stop }: ReplicationContext, ms: number): Promise<void> {
  // What ends the sleep early is seen by the next try.
  await clock.sleep(ms, stop).catch(() => undefined)
}

function restless({ directory }: LocalRepository): AppError {
  return new AppError('locked', `cannot copy the repository at ${directory}`, {
    reason: 'Borg is committing or compacting in it, or was killed while it did',
    hint: 'try again when Borg has finished; if none is running, borgboi backup list makes Borg put it in order',
  })
}
