// Stores that write to DynamoDB tables, as app.ts puts them together.

import { join } from 'node:path'
import { FileConfigSource } from '../../src/config/config-source.ts'
import type { Clock, RepoStore } from '../../src/deps.ts'
import type { AppEvent } from '../../src/model/events.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { thisHost } from '../../src/platform/host.ts'
import { LazyTables } from '../../src/store/lazy-tables.ts'
import { Outbox } from '../../src/store/outbox.ts'
import { SyncedRepoStore } from '../../src/store/synced-repo-store.ts'
import { TableSharedRepos } from '../../src/store/table-shared-repos.ts'
import { openStore } from './store-samples.ts'

export interface TableNames {
  readonly repos?: string
  readonly archives?: string
}

export interface SyncedOptions {
  /** Configuration above the tables, by key. */
  readonly flags?: Readonly<Record<string, string>>
  readonly deadlineMs?: number
  readonly clock?: Clock
  /** What stands in for the local store. */
  readonly wrap?: (local: RepoStore) => RepoStore
}

/** With the host name of `sampleRecord`. */
export const host = { ...thisHost, hostname: 'anna' }

/** A home, opened once: what one run of borgboi has. */
export function synced(home: string, tables: TableNames, options: SyncedOptions = {}) {
  const { flags = {}, deadlineMs = 20_000, clock = systemClock, wrap = (local) => local } = options
  const directory = join(home, 'data')
  const { store: local, events } = openStore(directory)
  const tell = (event: AppEvent) => void events.push(event)
  const config = new FileConfigSource({
    home,
    cwd: home,
    env: {},
    flags: asFlags({
      ...(tables.repos === undefined ? {} : { 'aws.dynamodb_repos_table': tables.repos }),
      ...(tables.archives === undefined ? {} : { 'aws.dynamodb_archives_table': tables.archives }),
      ...flags,
    }),
  })
  const lazyTables = new LazyTables({ config, clock, host })
  const outbox = new Outbox({ directory, clock, host, events: tell })
  return {
    store: new SyncedRepoStore({ local: wrap(local), tables: lazyTables, outbox, clock, events: tell, deadlineMs }),
    shared: new TableSharedRepos(lazyTables, config),
    outbox,
    /** Where the entries are. */
    entries: join(directory, 'outbox'),
    /** What was told, as text. */
    told: () => events.map((event) => (event.type === 'notice' ? `${event.message} – ${event.hint}` : event.type)),
  }
}

function asFlags(values: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, ['--flag', value] as const]))
}
