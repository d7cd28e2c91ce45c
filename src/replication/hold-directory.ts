// One restore or pull at a time into one directory: what is left there by another is then known to be abandoned.

import { AppError } from '../errors.ts'
import { acquireLock, type HeldLock, LockHeldError } from '../platform/lock.ts'
import type { ReplicationContext } from './context.ts'

/** @throws AppError `locked` at once where another process is at it */
export async function holdDirectory(
  { clock, host, stop }: ReplicationContext,
  lockPath: string,
  directory: string,
  purpose: string,
): Promise<HeldLock> {
  try {
    return await acquireLock(lockPath, { purpose, waitMs: 0, clock, host, stop })
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error
    const { holder } = error
    throw new AppError('locked', `cannot write to ${directory}`, {
      reason: holder
        ? `borgboi ${holder.purpose} (pid ${holder.pid} on ${holder.host}) is at it`
        : 'another process is at it',
      hint: 'wait until it has ended, then run the same command again',
      cause: error,
    })
  }
}
