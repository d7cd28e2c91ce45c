// Exclusive locks between processes, kept fresh by proper-lockfile: taken at once where the last holder is provably
// gone, and after two silent minutes where nobody can tell (another host, a file system shared between machines).

import { dirname } from 'node:path'
import type { Clock, Host } from '../deps.ts'
import { makePrivateDirectory, systemCode, toFileError } from './files.ts'
import { isHeldAt, LockDirectory, type LockHolder, readLockHolder, sweepStaging } from './lock-directory.ts'
import { thisProcess } from './process-identity.ts'

/** A holder that cannot be judged is taken for gone after this silence; holders say that they live far more often. */
const STALE_MS = 120_000
const REFRESH_MS = 10_000
const PAUSE_MIN_MS = 5
const PAUSE_MAX_MS = 100

export interface LockRequest {
  /** What the lock is for, as others will read it: `backup daily`. */
  readonly purpose: string
  /** How long to wait for another holder; 0: one try. */
  readonly waitMs: number
  readonly clock: Clock
  readonly host: Pick<Host, 'hostname'>
  /** Ends the waiting. */
  readonly stop?: AbortSignal | undefined
}

export interface HeldLock extends AsyncDisposable {
  /** Aborted when the lock was lost: another process may hold it now. */
  readonly compromised: AbortSignal
}

/** The lock was still held by another when the waiting time was over. */
export class LockHeldError extends Error {
  override name = 'LockHeldError'
  readonly holder: LockHolder | undefined

  constructor(holder: LockHolder | undefined) {
    super('the lock is held by another process')
    this.holder = holder
  }
}

/**
 * Takes the lock at `path`, a directory that need not exist, nor its parents. Not reentrant: the same process waits
 * for itself. @throws LockHeldError; what `stop` was aborted with; AppError `disk-full`, `file-denied`, `file-unusable`
 */
export async function acquireLock(path: string, request: LockRequest): Promise<HeldLock> {
  await makePrivateDirectory(dirname(path))
  await sweepStaging(path)
  const identity = await thisProcess(request.host.hostname)
  const deadline = request.clock.monotonicMs() + request.waitMs
  for (let attempt = 0; ; attempt++) {
    const directory = new LockDirectory(path, identity, request.purpose, request.clock.now())
    const held = await tryLock(path, directory)
    if (held) return held
    const leftMs = deadline - request.clock.monotonicMs()
    if (leftMs <= 0) throw new LockHeldError(await readLockHolder(path))
    await request.clock.sleep(Math.min(leftMs, pauseMs(attempt)), request.stop)
  }
}

/** Whether whoever has the lock at `path` may be running. Changes nothing. */
export async function isLockHeld(path: string, host: Pick<Host, 'hostname'>): Promise<boolean> {
  return await isHeldAt(path, await thisProcess(host.hostname))
}

async function tryLock(path: string, directory: LockDirectory): Promise<HeldLock | undefined> {
  // Loaded on first use: it installs signal handlers, and most commands lock nothing.
  // The bundle gives a CommonJS module as its default export only.
  const { lock } = (await import('proper-lockfile')).default
  const lost = new AbortController()
  try {
    const release = await lock(path, {
      lockfilePath: path,
      fs: directory.fs,
      realpath: false,
      stale: STALE_MS,
      update: REFRESH_MS,
      onCompromised: (error) => lost.abort(error),
    })
    let ended: Promise<void> | undefined
    const end = async () => {
      // A lost lock is released already, as far as proper-lockfile goes; our owner file may still be there.
      ended ??= lost.signal.aborted ? directory.clear() : release()
      await ended
    }
    return { compromised: lost.signal, [Symbol.asyncDispose]: end }
  } catch (error) {
    if (systemCode(error) === 'ELOCKED') return undefined
    throw toFileError(error, 'take the lock', path)
  }
}

/** Grows with every attempt; random, so that waiting processes do not move in step. */
function pauseMs(attempt: number): number {
  return Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 1.2 ** attempt) * (0.5 + Math.random())
}
