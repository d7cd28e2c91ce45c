// Lock directories as other processes left them.

import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../src/platform/clock.ts'
import { acquireLock, type LockRequest } from '../../src/platform/lock.ts'

export const HOSTNAME = 'anna'

export function request(changes: Partial<LockRequest> = {}): LockRequest {
  return { purpose: 'backup daily', waitMs: 0, clock: systemClock, host: { hostname: HOSTNAME }, ...changes }
}

/** What this very process writes into a lock. */
export async function ownOwner(directory: string): Promise<Record<string, unknown>> {
  const path = join(directory, 'probe.lock')
  await using _lock = await acquireLock(path, request())
  const [file = ''] = await readdir(path)
  return JSON.parse(await readFile(join(path, file), 'utf8'))
}

/** A lock whose owner wrote `owner` and has been silent for some time. */
export async function leaveLock(path: string, owner: unknown, silentSeconds = 0): Promise<string> {
  const file = join(path, 'somebody.json')
  await mkdir(path, { recursive: true })
  await writeFile(file, typeof owner === 'string' ? owner : JSON.stringify(owner))
  await ageBy(file, silentSeconds)
  return file
}

export async function ageBy(path: string, seconds: number): Promise<void> {
  const then = new Date(Date.now() - seconds * 1000)
  await utimes(path, then, then)
}
