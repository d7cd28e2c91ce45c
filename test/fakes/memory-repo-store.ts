// The records of repos in memory: the store's contract without files. It can be neither damaged nor rebuilt.

import type { RepoStore, StoreHealth, StoreRebuild } from '../../src/deps.ts'
import type { RepoName } from '../../src/model/names.ts'
import type { RepoRecord } from '../../src/model/repo.ts'
import { type Changed, findRepo, type Repos, withAdded, withRemoved, withUpdated } from '../../src/store/repo-rules.ts'

export class MemoryRepoStore implements RepoStore {
  #repos: Repos = []
  #revision = 0

  async list(): Promise<readonly RepoRecord[]> {
    return this.#repos
  }

  async get(name: RepoName): Promise<RepoRecord | undefined> {
    return findRepo(this.#repos, name)
  }

  async getByPath(path: string): Promise<RepoRecord | undefined> {
    return this.#repos.find((record) => record.path === path)
  }

  async getByBorgId(borgId: string): Promise<readonly RepoRecord[]> {
    return this.#repos.filter((record) => record.borgId === borgId)
  }

  async add(record: RepoRecord): Promise<void> {
    this.#apply(withAdded(this.#repos, record))
  }

  async update(name: RepoName, change: (current: RepoRecord) => RepoRecord): Promise<RepoRecord> {
    return this.#apply(withUpdated(this.#repos, name, change))
  }

  async remove(name: RepoName): Promise<void> {
    this.#apply(withRemoved(this.#repos, name))
  }

  async check(): Promise<StoreHealth> {
    return { path: 'memory', revision: this.#revision, repos: this.#repos.length, problems: [], waiting: 0 }
  }

  async rebuild(): Promise<StoreRebuild> {
    const recovered = this.#repos.map((record) => record.name)
    return recovered.length === 0 ? { recovered, dropped: [] } : { source: 'memory', recovered, dropped: [] }
  }

  #apply({ repos, record }: Changed): RepoRecord {
    this.#repos = repos
    this.#revision++
    return record
  }
}
