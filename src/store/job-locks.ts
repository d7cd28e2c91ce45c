// One borgboi at a time on one repo: a lock per repo in the home, and what to tell who waited in vain.

import { join } from 'node:path'
import type { Clock, Host, JobLocks, JobName } from '../deps.ts'
import { AppError } from '../errors.ts'
import { acquireLock, isLockHeld, LockHeldError } from '../platform/lock.ts'
import { describeHolder } from './lock-text.ts'

export interface FileJobLocksOptions {
  /** `<home>/data`; it need not exist. */
  readonly directory: string
  readonly clock: Clock
  readonly host: Pick<Host, 'hostname'>
  /** Ends the waiting for a lock. */
  readonly stop: AbortSignal
}

export class FileJobLocks implements JobLocks {
  readonly #options: FileJobLocksOptions

  constructor(options: FileJobLocksOptions) {
    this.#options = options
  }

  async acquire(job: JobName, purpose: string, waitMs: number): Promise<AsyncDisposable> {
    const { clock, host, stop } = this.#options
    try {
      return await acquireLock(this.#path(job), { purpose, waitMs, clock, host, stop })
    } catch (error) {
      if (error instanceof LockHeldError) {
        throw new AppError('locked', `cannot open ${job}`, {
          reason: describeHolder(error.holder, host.hostname, clock.now()),
          hint: 'wait for it, or run with --lock-wait 10min',
          cause: error,
        })
      }
      if (stop.aborted) {
        throw new AppError('interrupted', `stopped waiting for ${job}`, {
          reason: `borgboi received ${stop.reason}`,
          hint: 'run the same command again when you are ready',
          cause: error,
        })
      }
      throw error
    }
  }

  async isHeld(repo: string): Promise<boolean> {
    return await isLockHeld(this.#path(repo), this.#options.host)
  }

  #path(repo: string): string {
    return join(this.#options.directory, 'locks', `${repo}.lock`)
  }
}
