// Moves a finished file to the place of its object when the condition holds: by a hard link, which never replaces
// anything, or, to replace or where there are no hard links, by rename under a lock that machines share.

import { hash } from 'node:crypto'
import { join } from 'node:path'
import type { Clock, Host } from '../../deps.ts'
import { acquireLock } from '../../platform/lock.ts'
import { linkNew, moveOver } from '../../platform/object-files.ts'
import type { PutCondition } from '../vault.ts'
import { failed } from './failure.ts'
import { PARTIAL } from './marker.ts'

/** Longer than the silence after which a dead writer on another machine loses its lock. */
const LOCK_WAIT_MS = 150_000

export interface Publication {
  readonly root: string
  readonly key: string
  /** The finished file. */
  readonly from: string
  /** Its place, in a directory that is there. */
  readonly to: string
  readonly condition: PutCondition
  /** Of what is at its place now. */
  readonly currentEtag: () => Promise<string | undefined>
  readonly clock: Clock
  readonly host: Pick<Host, 'hostname'>
  readonly stop: AbortSignal
}

/** False: the condition did not hold. */
export async function publish(publication: Publication): Promise<boolean> {
  if (publication.condition === 'absent') {
    const outcome = await linkNew(publication.from, publication.to)
    if (outcome !== 'unsupported') return outcome === 'linked'
  }
  return await replaceLocked(publication)
}

async function replaceLocked(publication: Publication): Promise<boolean> {
  const { root, key, from, to, condition, currentEtag, clock, host, stop } = publication
  const lockPath = join(root, PARTIAL, `${hash('sha256', key).slice(0, 32)}.lock`)
  const request = { purpose: `store ${key}`, waitMs: LOCK_WAIT_MS, clock, host, stop }
  await using lock = await acquireLock(lockPath, request)
  const current = await currentEtag()
  const holds = condition === 'any' || current === (condition === 'absent' ? undefined : condition.etag)
  if (!holds) return false
  if (lock.compromised.aborted) {
    throw failed(
      `store ${key}`,
      root,
      'the lock of the object was lost to another process',
      'run the same command again',
    )
  }
  await moveOver(from, to)
  return true
}
