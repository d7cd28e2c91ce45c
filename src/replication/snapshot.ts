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
import { eachFile, type RepositoryScan, type ScannedFile, scanRepository } from './scan.ts'
import { throwIfStopped } from './stop.ts'

/** `known`: the vault has it, and nothing is read. `bytes`: a small file that changes, as it was. */
export type Source =
  | { readonly kind: 'known'; readonly sha256: string; readonly identity: string }
  | HeldFile
  | { readonly kind: 'bytes'; readonly bytes: Buffer }

/** Where files are read. */
interface Place {
  nameOf(path: string): string
}

/** A file under the name by which it is read: made anew each time, since of tens of thousands they are megabytes. */
class HeldFile {
  readonly facts: FileFacts
  readonly sha256: string | undefined
  readonly #path: string
  readonly #place: Place

  constructor(path: string, place: Place, facts: FileFacts, sha256: string | undefined) {
    this.facts = facts
    this.sha256 = sha256
    this.#path = path
    this.#place = place
  }

  get kind(): 'file' {
    return 'file'
  }

  get name(): string {
    return this.#place.nameOf(this.#path)
  }
}

export interface SnapshotFile {
  /** In the repository. */
  readonly path: string
  readonly role: FileRole
  readonly size: number
  readonly source: Source
}

export interface Snapshot extends Pick<RepositoryScan, 'transactionId' | 'segmentsPerDir' | 'config'> {
  /** In the order of the scan, and then those that change outside of transactions. */
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
    if (after && isSame(snapshot, after, repository)) return snapshot
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
  const inRepository: Place = { nameOf: (path) => join(directory, path) }
  const links = inPlace ? undefined : await LinkDirectory.make(context, directory)
  const release = async () => await links?.release(hashes)
  try {
    const files: SnapshotFile[] = []
    for (const file of eachFile(directory, scan)) {
      const source = file === 'gone' ? file : holdFile(inRepository, file, links, hashes, isStored)
      if (file === 'gone' || source === 'gone') {
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
  place: Place,
  { path, facts }: ScannedFile,
  links: LinkDirectory | undefined,
  hashes: HashCache,
  isStored: (sha256: string) => boolean,
): Source | 'gone' {
  const sha256 = hashes.find(path, facts)
  if (sha256 !== undefined && isStored(sha256)) return { kind: 'known', sha256, identity: facts.identity }
  const linked = links?.link(path) ?? 'impossible'
  if (linked === 'gone' || (linked !== 'impossible' && !hasSameContent(linked, facts))) return 'gone'
  // No hard links here, or no more of this file: it is read in its place, and missed if Borg removes it.
  if (links === undefined || linked === 'impossible') return new HeldFile(path, place, facts, sha256)
  hashes.carryOver(path, facts, linked)
  return new HeldFile(path, links, linked, sha256)
}

/** Files that are replaced or appended to outside of transactions: a copy, since a link would change with them. */
function bytesFile(path: string, role: FileRole, bytes: Buffer | undefined): SnapshotFile[] {
  return bytes === undefined ? [] : [{ path, role, size: bytes.length, source: { kind: 'bytes', bytes } }]
}

/** Whether the repository is still what is held of it. Our own links change the time of an inode, which says nothing. */
function isSame(
  { transactionId, config, files }: Snapshot,
  after: RepositoryScan,
  { directory }: LocalRepository,
): boolean {
  if (transactionId !== after.transactionId || !config.equals(after.config)) return false
  let place = 0
  for (const file of eachFile(directory, after)) {
    const held = files[place++]
    const identity = held && identityOf(held.source)
    if (file === 'gone' || held?.path !== file.path || identity === undefined) return false
    if (!hasSameContent({ identity }, file.facts)) return false
  }
  return files[place] === undefined || identityOf(files[place]?.source) === undefined
}

/** Undefined for what is no part of the scan. */
function identityOf(source: Source | undefined): string | undefined {
  if (source === undefined || source.kind === 'bytes') return undefined
  return source.kind === 'known' ? source.identity : source.facts.identity
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
