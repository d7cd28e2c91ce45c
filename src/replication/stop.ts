// Stopping in good order: what long loops of replication ask between two files.

import { AppError } from '../errors.ts'
import type { ReplicationContext } from './context.ts'

/** @throws AppError `interrupted` once the person asked to stop */
export function throwIfStopped({ stop }: ReplicationContext, attempt: string): void {
  if (!stop.aborted) return
  throw new AppError('interrupted', `did not finish to ${attempt}`, {
    reason: `borgboi received ${String(stop.reason)}`,
    hint: 'run the same command again: it goes on where it stopped',
  })
}
