// The records of one host's repos in the table of repos, as a RepoStore of their own. The table is shared: items of
// other hosts, and items that only BorgBoi 1.x wrote, are not seen here and not changed.
//
// A path is taken at most once, by the key of the table. A name is looked for in what was just read: two processes that
// add it at the same moment are not kept apart; the local store, which comes first, keeps them apart.

import type { Clock, RepoStore, StoreHealth, StoreRebuild } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { type Changed, findRepo, type Repos, withAdded, withRemoved, withUpdated } from '../repo-rules.ts'
import type { RepoItem, RepoKey } from './repo-item.ts'
import type { RepoTable } from './repo-table.ts'

/** As many writers at one moment all come through: in each round one of them does. */
const ATTEMPTS = 20
const PAUSE_MS = 10

interface State {
  readonly repos: Repos
  readonly items: ReadonlyMap<string, RepoItem>
}

export class DynamoDbRepoStore implements RepoStore {
  readonly #table: RepoTable
  readonly #hostname: string
  readonly #clock: Clock

  constructor(table: RepoTable, { hostname, clock }: { readonly hostname: string; readonly clock: Clock }) {
    this.#table = table
    this.#hostname = hostname
    this.#clock = clock
  }

  async list(): Promise<readonly RepoRecord[]> {
    return (await this.#read()).repos
  }

  async get(name: RepoName): Promise<RepoRecord | undefined> {
    return findRepo((await this.#read()).repos, name)
  }

  async getByPath(path: string): Promise<RepoRecord | undefined> {
    return (await this.#table.get(this.#key(path)))?.record
  }

  async getByBorgId(borgId: string): Promise<readonly RepoRecord[]> {
    return (await this.#read()).repos.filter((record) => record.borgId === borgId)
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
    const { repos, items } = await this.#read()
    return {
      path: this.#place,
      revision: 0,
      repos: repos.length,
      problems: problemsOf(items).map(sentence),
      waiting: 0,
    }
  }

  /** DynamoDB keeps its items whole: there is nothing to write anew, only something to say. */
  async rebuild(): Promise<StoreRebuild> {
    const { repos, items } = await this.#read()
    const recovered = repos.map((record) => record.name)
    const dropped = problemsOf(items)
    return recovered.length + dropped.length === 0
      ? { recovered, dropped }
      : { source: this.#place, recovered, dropped }
  }

  get #place(): string {
    return `the DynamoDB table ${this.#table.name}`
  }

  #key(path: string): RepoKey {
    return { path, hostname: this.#hostname }
  }

  async #read(): Promise<State> {
    const items = await this.#table.items(this.#hostname)
    const repos = items.flatMap(({ record }) => record ?? [])
    return { repos: repos.sort(byName), items: new Map(items.map((item) => [item.key.path, item])) }
  }

  async #change(step: (repos: Repos) => Changed): Promise<RepoRecord> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const state = await this.#read()
      const changed = step(state.repos)
      if (await this.#write(state, changed.repos)) return changed.record
      await this.#clock.sleep(attempt * PAUSE_MS)
    }
    throw new AppError('store-conflict', `cannot write to ${this.#place}`, {
      reason: 'others change the same repo all the time',
      hint: 'run the same command again',
    })
  }

  /** A move is two writes, the new place first: a crash between them leaves the repo twice, not nowhere. */
  async #write({ repos: before, items }: State, after: Repos): Promise<boolean> {
    const [unchanged, paths] = [new Set(before), new Set(after.map(({ path }) => path))]
    const changedAt = this.#clock.now().toISOString()
    for (const record of after) {
      if (unchanged.has(record)) continue
      if (!(await this.#table.put(this.#key(record.path), items.get(record.path), record, changedAt))) return false
    }
    for (const item of items.values()) {
      if (item.record === undefined || paths.has(item.key.path)) continue
      if (!(await this.#table.remove(item))) return false
    }
    return true
  }
}

function byName(one: RepoRecord, other: RepoRecord): number {
  return one.name < other.name ? -1 : Number(one.name > other.name)
}

function problemsOf(items: ReadonlyMap<string, RepoItem>): { readonly name: string; readonly reason: string }[] {
  return [...items.values()].flatMap(({ problem, summary, key }) =>
    problem === undefined ? [] : [{ name: summary?.name ?? key.path, reason: problem }],
  )
}

function sentence({ name, reason }: { readonly name: string; readonly reason: string }): string {
  return `the repo ${name}: ${reason}`
}
