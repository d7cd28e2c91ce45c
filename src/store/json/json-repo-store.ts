// The records of repos in one JSON file of the home. Readers take no lock: the file is replaced whole. Writers lock,
// read, change, check that nothing came in between, and write; see docs/formats.md. What only writers and repairs need is
// loaded by them: most commands only read.

import { join } from 'node:path'
import { Low } from 'lowdb'
import type { Clock, Host, RepoStore, StoreHealth, StoreRebuild } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { EventSink } from '../../model/events.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { HeldLock } from '../../platform/lock.ts'
import { type Changed, findRepo, type Repos, withAdded, withRemoved, withUpdated } from '../repo-rules.ts'
import { EMPTY_STORE, indexesOf, type StoreDocument } from './document.ts'
import { RepositoriesFile, sweepTemporaries } from './repositories-file.ts'

/** A conflict inside the lock is a rarity; more of them in a row are a fault to report. */
const ATTEMPTS = 5
/** For readings that no writing follows. */
const HOLDS_NO_LOCK = AbortSignal.abort()

export interface JsonRepoStoreOptions {
  /** `<home>/data`; it need not exist. */
  readonly directory: string
  readonly clock: Clock
  readonly host: Pick<Host, 'hostname'>
  /** Told, once, when the backup copy had to be read. */
  readonly events: EventSink
}

export class JsonRepoStore implements RepoStore {
  readonly #path: string
  readonly #options: JsonRepoStoreOptions
  #warned = false

  constructor(options: JsonRepoStoreOptions) {
    this.#path = join(options.directory, 'repositories.json')
    this.#options = options
  }

  async list(): Promise<readonly RepoRecord[]> {
    return (await this.#read()).repos
  }

  async get(name: RepoName): Promise<RepoRecord | undefined> {
    return findRepo((await this.#read()).repos, name)
  }

  async getByPath(path: string): Promise<RepoRecord | undefined> {
    const { repos, indexes } = await this.#read()
    return Object.hasOwn(indexes.byPath, path) ? repos[indexes.byPath[path] ?? -1] : undefined
  }

  async getByBorgId(borgId: string): Promise<readonly RepoRecord[]> {
    const { repos, indexes } = await this.#read()
    const places = Object.hasOwn(indexes.byBorgId, borgId) ? (indexes.byBorgId[borgId] ?? []) : []
    return places.flatMap((place) => repos[place] ?? [])
  }

  async add(record: RepoRecord): Promise<void> {
    await this.#change((repos) => withAdded(repos, record))
  }

  async update(name: RepoName, change: (current: RepoRecord) => RepoRecord): Promise<RepoRecord> {
    return await this.#change((repos) => withUpdated(repos, name, change))
  }

  async remove(name: RepoName): Promise<void> {
    await this.#change((repos) => withRemoved(repos, name))
  }

  async check(): Promise<StoreHealth> {
    const { checkStore } = await import('./check.ts')
    return await checkStore(this.#path)
  }

  async rebuild({ dryRun }: { readonly dryRun: boolean }): Promise<StoreRebuild> {
    const { applyRebuild, planRebuild } = await import('./rebuild.ts')
    if (dryRun) return (await planRebuild(this.#path)).result
    await using lock = await this.#lock()
    return await applyRebuild(await planRebuild(this.#path), this.#options.clock.now(), lock.compromised)
  }

  async #read(): Promise<StoreDocument> {
    return (await this.#open(HOLDS_NO_LOCK)).db.data
  }

  async #open(lost: AbortSignal): Promise<{ readonly db: Low<StoreDocument>; readonly repaired: boolean }> {
    const file = new RepositoriesFile(this.#path, this.#options.clock, lost)
    const db = new Low<StoreDocument>(file, EMPTY_STORE)
    await db.read()
    if (file.damage !== undefined) this.#warn(file.damage)
    return { db, repaired: file.damage !== undefined }
  }

  /** The records are valid: every one was checked before it was written, and the checksum says that they are those. */
  async #change(step: (repos: Repos) => Changed): Promise<RepoRecord> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#changeOnce(step)
      } catch (error) {
        const conflict = error instanceof AppError && error.code === 'store-conflict'
        if (!conflict || attempt === ATTEMPTS) throw error
      }
    }
  }

  async #changeOnce(step: (repos: Repos) => Changed): Promise<RepoRecord> {
    await using lock = await this.#lock()
    await sweepTemporaries(this.#path)
    const { db, repaired } = await this.#open(lock.compromised)
    const { repos, record } = step(db.data.repos)
    // The damaged state may have had the next revision already: no revision stands for two states.
    db.data = { revision: db.data.revision + (repaired ? 2 : 1), repos, indexes: indexesOf(repos) }
    await db.write()
    return record
  }

  async #lock(): Promise<HeldLock> {
    const { lockStore } = await import('./store-lock.ts')
    return await lockStore(this.#path, this.#options)
  }

  #warn(damage: string): void {
    if (this.#warned) return
    this.#warned = true
    this.#options.events({
      type: 'notice',
      level: 'warning',
      message: `${this.#path} cannot be used: ${damage}; its backup copy is read instead, and the newest change may be missing`,
      hint: 'the next change repairs it; look closer with: borgboi store check',
    })
  }
}
