// The hash of every file of a snapshot: from the cache, or read. A segment that is read is also looked at: what does not
// start as one is damage, and is not sent on top of a good generation.

import { hash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { FileRole, ManifestFile } from '../model/generation.ts'
import { fileContent, type HashOptions, hashFileIfAny } from '../platform/file-content.ts'
import { type FileFacts, fileFactsIfAny, hasSameContent } from '../platform/file-facts.ts'
import type { Content } from '../vault/vault.ts'
import { forEachAtOnce } from './at-once.ts'
import { contentOf } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import type { HashCache } from './hashes.ts'
import type { Snapshot, SnapshotFile, Source } from './snapshot.ts'
import { throwIfStopped } from './stop.ts'

/** A file and where its content is, from which it is sent. */
export interface HashedSnapshotFile extends ManifestFile {
  readonly source: Source
}

/** One that the vault lacks. */
export interface FileToSend extends ManifestFile {
  readonly source: Exclude<Source, { readonly kind: 'known' }>
}

export function isToSend(file: HashedSnapshotFile): file is FileToSend {
  return file.source.kind !== 'known'
}

/** Made when it is sent, and not before: there may be tens of thousands. */
export function contentToSend({ source, size, sha256 }: FileToSend): Content {
  return source.kind === 'bytes' ? contentOf(source.bytes) : fileContent(source.name, { size, sha256 })
}

/** A file is not what it was when the snapshot was taken: the push has to start over. */
export class RepositoryChangedError extends Error {
  override name = 'RepositoryChangedError'
  readonly path: string

  constructor(path: string) {
    super(`${path} was changed while it was read`)
    this.path = path
  }
}

/** What every segment starts with. Source: borg docs internals/data-structures, "Segments". */
const SEGMENT_START = Buffer.from('BORG_SEG')
const FILES_AT_ONCE = 4

/** Sorted by path. @throws RepositoryChangedError; AppError `repository-damaged`, `interrupted`, `file-denied` */
export async function hashSnapshot(
  context: ReplicationContext,
  snapshot: Snapshot,
  hashes: HashCache,
  handlers: StepHandlers,
): Promise<HashedSnapshotFile[]> {
  const hashed: HashedSnapshotFile[] = []
  const totalBytes = snapshot.files.reduce((bytes, file) => bytes + (isUnread(file) ? file.size : 0), 0)
  let bytes = 0
  const check = () => throwIfStopped(context, 'hash the repository')
  const onBytes = (more: number) => {
    bytes += more
    handlers.onProgress?.({ stage: 'hash', files: hashed.length, bytes, totalBytes })
  }
  await forEachAtOnce(snapshot.files, FILES_AT_ONCE, context.stop, async ({ path, role, size, source }, signal) => {
    check()
    if (source.kind === 'known') {
      hashed.push({ path, role, size, sha256: source.sha256, source })
    } else if (source.kind === 'bytes') {
      hashed.push({ path, role, size, sha256: hash('sha256', source.bytes), source })
    } else {
      const { name, facts } = source
      const checkAll = () => {
        check()
        signal.throwIfAborted()
      }
      const sha256 = source.sha256 ?? (await hashFile(path, role, name, facts, { onBytes, check: checkAll }))
      if (source.sha256 === undefined) hashes.remember(path, facts, snapshot.takenAtMs, sha256)
      hashed.push({ path, role, size, sha256, source })
    }
  })
  return hashed.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isUnread({ source }: SnapshotFile): boolean {
  return source.kind === 'file' && source.sha256 === undefined
}

async function hashFile(
  path: string,
  role: FileRole,
  name: string,
  facts: FileFacts,
  options: HashOptions,
): Promise<string> {
  const found = await hashFileIfAny(name, options)
  const after = fileFactsIfAny(name)
  if (found?.size !== facts.size || !after || !hasSameContent(after, facts)) throw new RepositoryChangedError(path)
  if (role === 'segment' && !found.start.equals(SEGMENT_START)) throw notASegment(path)
  return found.sha256
}

function notASegment(path: string): AppError {
  return new AppError('repository-damaged', `cannot copy the segment ${path} of the repository`, {
    reason: 'it does not start as a segment of Borg does',
    hint: 'look at it with: borgboi backup check; what is in the vault is untouched, see: borgboi s3 generations',
    context: { path },
  })
}
