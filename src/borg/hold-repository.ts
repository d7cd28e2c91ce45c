// Borg's exclusive lock, taken without a Borg: a directory with a file that names host and process, which every Borg
// respects, and clears away when that process is gone. Source: borg/locking.py, 1.2 and 1.4.

import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { claimDirectory } from '../platform/claimed-directory.ts'
import { ownProcessId } from '../platform/process-facts.ts'
import { removeIfEmpty } from '../platform/second-names.ts'
import { removeFile } from '../platform/secret-file.ts'
import type { RepositoryAccess, RepositoryHold } from './client.ts'
import { type BorgLockHolder, describeHolder, findLockHolder, findReaders } from './lock-holder.ts'

const LOCK = 'lock.exclusive'

/** `ownHostId`: what this machine's Borg writes into its locks. */
export async function holdRepository(access: RepositoryAccess, ownHostId: string): Promise<RepositoryHold> {
  const own = `${ownHostId}.${ownProcessId}-0`
  // Of this process's number, it was a process before this one: Borg takes it for its own as well.
  const isGone = ({ hostId, pid, isRunning }: BorgLockHolder) =>
    hostId === ownHostId && (!isRunning || pid === ownProcessId)
  const hold: RepositoryHold = { release: (path = access.path) => giveFree(path, own) }
  if (!(await claimDirectory(join(access.path, LOCK), own))) {
    const holder = await findLockHolder(access)
    if (holder?.entry === undefined || !isGone(holder)) throw locked(access, holder)
    await giveFree(access.path, holder.entry)
    if (!(await claimDirectory(join(access.path, LOCK), own))) throw locked(access, await findLockHolder(access))
  }
  // With the lock taken nobody starts to read; those who began before have to end.
  const reader = (await findReaders(access.path)).find((holder) => !isGone(holder))
  if (reader === undefined) return hold
  await hold.release()
  throw locked(access, reader)
}

async function giveFree(path: string, entry: string): Promise<void> {
  const lock = join(path, LOCK)
  await removeFile(join(lock, entry))
  await removeIfEmpty(lock)
}

function locked({ path }: RepositoryAccess, holder: BorgLockHolder | undefined): AppError {
  return new AppError('locked', `cannot hold the repository at ${path} still`, {
    reason: `it is locked by ${holder === undefined ? 'another Borg process' : describeHolder(holder)}`,
    hint: `wait for it; a lock left by a crash: borgboi repo break-lock --path ${path}`,
  })
}
