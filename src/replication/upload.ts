// Sending what the parent generation lacks, each content once, several at a time.

import type { StepHandlers } from '../model/events.ts'
import { hashFileIfAny } from '../platform/file-content.ts'
import { forEachAtOnce } from './at-once.ts'
import type { Chain } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import {
  contentToSend,
  type FileToSend,
  type HashedSnapshotFile,
  isToSend,
  RepositoryChangedError,
} from './hash-snapshot.ts'
import { Leftovers } from './leftovers.ts'
import type { Mirror } from './mirror.ts'

export interface UploadOptions {
  readonly conditionalWrites: boolean
  /** How old what is listed in the vault may be to be taken over; undefined: nothing is expected, and not listed. */
  readonly takeOverMs: number | undefined
  /** What it has is copied from there. */
  readonly mirror?: Mirror | undefined
}

/** What was sent: less than was asked for, where an earlier push had sent some of it. */
export interface Sent {
  readonly objects: number
  readonly bytes: number
  readonly copied: { readonly objects: number; readonly bytes: number }
}

/** When it resolves, the vault has every file's content. @throws RepositoryChangedError; AppError `interrupted`, as the vault */
export async function uploadBlobs(
  { stop }: ReplicationContext,
  { vault, keys }: Chain,
  files: readonly HashedSnapshotFile[],
  { conditionalWrites, takeOverMs, mirror }: UploadOptions,
  handlers: StepHandlers,
): Promise<Sent> {
  const blobs = files.filter(isToSend)
  const totalBytes = blobs.reduce((bytes, { size }) => bytes + size, 0)
  const sent = { objects: 0, bytes: 0, copied: { objects: 0, bytes: 0 } }
  let [done, bytes] = [0, 0]
  const onBytes = (more: number) => {
    bytes += more
    handlers.onProgress?.({ stage: 'upload', files: done, bytes, totalBytes })
  }
  const smallest = blobs.reduce<FileToSend | undefined>((a, b) => (a && a.size <= b.size ? a : b), undefined)
  const leftovers = new Leftovers(
    vault,
    smallest && { key: keys.blob(smallest.sha256), content: contentToSend(smallest) },
  )
  if (takeOverMs !== undefined)
    await leftovers.list(keys.objects, new Set(blobs.map(({ sha256 }) => keys.blob(sha256))))

  await forEachAtOnce(blobs, vault.concurrency, stop, async (file, signal) => {
    const key = keys.blob(file.sha256)
    const content = contentToSend(file)
    const listed = leftovers.find(key)
    if (listed && (await leftovers.isUsable(listed, content, takeOverMs))) onBytes(content.size)
    else {
      let tally: { objects: number; bytes: number } = sent
      await noticingChanges(file, signal, async () => {
        if (await mirror?.copyTo(vault, key, file, content, signal)) {
          onBytes(content.size)
          tally = sent.copied
          return
        }
        const put = await vault.put(key, content, listed || !conditionalWrites ? 'any' : 'absent', { onBytes, signal })
        if (put.stored) return
        const facts = await vault.head(key)
        if (facts && (await leftovers.isUsable(facts, content))) return
        await vault.put(key, content, 'any', { signal })
      })
      tally.objects++
      tally.bytes += content.size
    }
    done++
  })
  return sent
}

/** A file that is gone or was changed since it was hashed makes any vault fail: then that is the failure. */
async function noticingChanges(
  { source, path, sha256 }: FileToSend,
  signal: AbortSignal,
  send: () => Promise<void>,
): Promise<void> {
  try {
    await send()
  } catch (error) {
    if (source.kind !== 'file' || signal.aborted) throw error
    if ((await hashFileIfAny(source.name))?.sha256 !== sha256) throw new RepositoryChangedError(path)
    throw error
  }
}
