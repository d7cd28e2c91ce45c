// Records and stores to test with.

import { hostname } from 'node:os'
import type { AppEvent } from '../../src/model/events.ts'
import { parseRepoRecord, type RepoRecord } from '../../src/model/repo.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { JsonRepoStore } from '../../src/store/json/json-repo-store.ts'

export function sampleRecord(name: string, changes: Partial<RepoRecord> = {}): RepoRecord {
  return parseRepoRecord({
    name,
    path: `/srv/borg/${name}`,
    borgId: Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64),
    encryption: 'repokey-blake2',
    sources: ['/home/me/docs'],
    hostname: 'anna',
    createdAt: '2026-01-02T03:04:05Z',
    ...changes,
  })
}

/** A store in `directory`, on the real clock, and everything it told. */
export function openStore(directory: string): { readonly store: JsonRepoStore; readonly events: AppEvent[] } {
  const events: AppEvent[] = []
  const store = new JsonRepoStore({
    directory,
    clock: systemClock,
    host: { hostname: hostname() },
    events: (event) => events.push(event),
  })
  return { store, events }
}
