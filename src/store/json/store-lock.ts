// The lock that writers of the store hold. Apart, so that readers never load what it takes.

import type { Clock, Host } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { acquireLock, type HeldLock, LockHeldError } from '../../platform/lock.ts'
import { describeHolder } from '../lock-text.ts'

/** Writers hold the lock for milliseconds: whoever waits this long waits for something that is stuck. */
const WAIT_MS = 30_000

/** `path`: the store's file. @throws AppError `store-busy`, `disk-full`, `file-denied` */
export async function lockStore(
  path: string,
  { clock, host }: { readonly clock: Clock; readonly host: Pick<Host, 'hostname'> },
): Promise<HeldLock> {
  try {
    return await acquireLock(`${path}.lock`, { purpose: 'writing its records', waitMs: WAIT_MS, clock, host })
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error
    throw new AppError('store-busy', 'cannot write the record of repos', {
      reason: describeHolder(error.holder, host.hostname, clock.now()),
      hint: 'see what that process is doing; when it is stuck, end it and run the same command again',
      cause: error,
    })
  }
}
