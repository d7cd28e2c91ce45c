// The local store, with every change also brought to the DynamoDB tables where they are configured. The local store is
// the truth and is written first; reading asks nobody else. Order of a change: announced in the outbox, written
// locally, ready in the outbox, sent. A crash after any of these loses nothing; the next change sends what is left.

import type { Clock, RepoStore, StoreHealth, StoreRebuild } from '../deps.ts'
import { toAppError } from '../errors.ts'
import type { EventSink } from '../model/events.ts'
import type { RepoName } from '../model/names.ts'
import type { RepoRecord } from '../model/repo.ts'
import type { LazyTables, TableSettings } from './lazy-tables.ts'
import type { Announcement, ArchiveRow, Entry, Outbox } from './outbox.ts'
import type { TablePublisher } from './table-publisher.ts'

export interface SyncedRepoStoreOptions {
  readonly local: RepoStore
  readonly tables: LazyTables
  readonly outbox: Outbox
  readonly clock: Clock
  readonly events: EventSink
  /** How long one change may wait for DynamoDB. */
  readonly deadlineMs: number
}

export class SyncedRepoStore implements RepoStore {
  readonly #options: SyncedRepoStoreOptions
  readonly #local: RepoStore
  #publisher: Promise<TablePublisher> | undefined

  constructor(options: SyncedRepoStoreOptions) {
    this.#options = options
    this.#local = options.local
  }

  list(): Promise<readonly RepoRecord[]> {
    return this.#local.list()
  }

  get(name: RepoName): Promise<RepoRecord | undefined> {
    return this.#local.get(name)
  }

  getByPath(path: string): Promise<RepoRecord | undefined> {
    return this.#local.getByPath(path)
  }

  getByBorgId(borgId: string): Promise<readonly RepoRecord[]> {
    return this.#local.getByBorgId(borgId)
  }

  async add(record: RepoRecord): Promise<void> {
    const settings = await this.#options.tables.settings()
    if (settings === undefined) return await this.#local.add(record)
    await this.#write(settings, { repos: [keyOf(record)] }, () => this.#local.add(record))
  }

  async update(name: RepoName, change: (current: RepoRecord) => RepoRecord): Promise<RepoRecord> {
    const settings = await this.#options.tables.settings()
    const current = settings && (await this.#local.get(name))
    if (!settings || !current) return await this.#local.update(name, change)
    const expected = change(current)
    const archive = settings.archives === undefined ? undefined : newArchive(current, expected)
    const entry = { repos: distinct([current, expected]), ...(archive === undefined ? {} : { archive }) }
    return await this.#write(settings, entry, () => this.#local.update(name, change))
  }

  async remove(name: RepoName): Promise<void> {
    const settings = await this.#options.tables.settings()
    const current = settings && (await this.#local.get(name))
    if (!settings || !current) return await this.#local.remove(name)
    await this.#write(settings, { repos: [keyOf(current)] }, () => this.#local.remove(name))
  }

  async check(): Promise<StoreHealth> {
    const [health, waiting] = await Promise.all([this.#local.check(), this.#options.outbox.waiting()])
    return { ...health, waiting }
  }

  /** Where nothing was ever recorded in this home, the records come from the table: a machine that was set up anew. */
  async rebuild(options: { readonly dryRun: boolean }): Promise<StoreRebuild> {
    const rebuilt = await this.#local.rebuild(options)
    const settings = rebuilt.source === undefined ? await this.#options.tables.settings() : undefined
    if (settings === undefined || (await this.#local.check()).problems.length > 0) return rebuilt
    const { store } = await this.#options.tables.open(settings)
    const records = await store.list()
    if (!options.dryRun) for (const record of records) await this.#local.add(record)
    return await store.rebuild(options)
  }

  async #write<T>(settings: TableSettings, entry: Entry, write: () => Promise<T>): Promise<T> {
    const announcement = await this.#orTell(() => this.#options.outbox.announce(entry))
    const result = await this.#orWithdraw(announcement, write)
    await this.#orTell(async () => {
      await announcement?.ready()
      await (await this.#publish(settings)).publish()
    })
    return result
  }

  async #orWithdraw<T>(announcement: Announcement | undefined, write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      await this.#orTell(async () => announcement?.withdraw())
      throw error
    }
  }

  /** An outbox that cannot be written is no reason to lose a record, or to fail a backup. */
  async #orTell<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act()
    } catch (error) {
      const { message, reason, hint } = toAppError(error)
      this.#options.events({
        type: 'notice',
        level: 'warning',
        message: `a change of the repos may not reach DynamoDB: ${message}${reason === undefined ? '' : ` (${reason})`}`,
        ...(hint === undefined ? {} : { hint }),
      })
      return undefined
    }
  }

  #publish(settings: TableSettings): Promise<TablePublisher> {
    const { local, tables, ...rest } = this.#options
    this.#publisher ??= import('./table-publisher.ts').then(
      ({ TablePublisher }) => new TablePublisher({ ...rest, local, open: () => tables.open(settings) }),
    )
    return this.#publisher
  }
}

function keyOf({ path, hostname }: RepoRecord) {
  return { path, hostname }
}

/** A move has two places: the item of the old one goes. */
function distinct([before, after]: readonly [RepoRecord, RepoRecord]) {
  const same = before.path === after.path && before.hostname === after.hostname
  return same ? [keyOf(after)] : [keyOf(before), keyOf(after)]
}

/** The archive that `after` tells of and `before` did not. Records of earlier versions do not tell enough of theirs. */
function newArchive(before: RepoRecord, { name, path, hostname, lastBackup }: RepoRecord): ArchiveRow | undefined {
  if (lastBackup === undefined || lastBackup.archive === before.lastBackup?.archive) return undefined
  const { archive, at, originalBytes, archiveId, compressedBytes, deduplicatedBytes } = lastBackup
  if (archiveId === undefined || compressedBytes === undefined || deduplicatedBytes === undefined) return undefined
  return { repoName: name, archive, archiveId, at, path, hostname, originalBytes, compressedBytes, deduplicatedBytes }
}
