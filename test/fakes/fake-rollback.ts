// A Rollback of repositories in memory: it goes back to the states that a FakeBorg remembers.

import { join } from 'node:path'
import { AppError } from '../../src/errors.ts'
import type { RepositoryPoint } from '../../src/model/removal.ts'
import type { BegunReturn, Exchange, Rehearsal, Rollback } from '../../src/rollback/rollback.ts'
import type { FakeBorg } from './fake-borg.ts'

export class FakeRollback implements Rollback {
  /** Thrown by the next change of a repository, after it was begun. */
  failure: Error | undefined
  readonly #borg: FakeBorg
  readonly #begun = new Map<string, BegunReturn>()

  constructor(borg: FakeBorg) {
    this.#borg = borg
  }

  async point(repository: string): Promise<RepositoryPoint | undefined> {
    const transactionId = this.#borg.repositories.get(repository)?.transaction
    return transactionId === undefined ? undefined : { transactionId, segments: transactionId }
  }

  async rehearse(repository: string, to: RepositoryPoint): Promise<Rehearsal> {
    const [original, from] = [this.#borg.repositories.get(repository), await this.point(repository)]
    const archives = original?.history.get(to.transactionId)?.archives
    if (original === undefined || from === undefined || archives === undefined) {
      throw new AppError('undo-impossible', 'fake: compacted')
    }
    const directory = this.#rehearsal(repository)
    const { hasFiles: _, ...copy } = original
    this.#borg.repositories.set(directory, { ...copy, archives: [...archives], history: new Map() })
    if (this.#borg.damaged.has(repository)) this.#borg.damaged.add(directory)
    return { directory, to, from }
  }

  async goBack(repository: string, { to, from }: Rehearsal, exchange: Exchange): Promise<void> {
    if ((await this.point(repository))?.transactionId !== from.transactionId)
      throw new AppError('locked', 'fake: changed')
    this.#begun.set(repository, { to, ...exchange })
    await this.finish(repository)
  }

  async begun(repository: string): Promise<BegunReturn | undefined> {
    return this.#begun.get(repository)
  }

  async finish(repository: string): Promise<void> {
    const failure = this.failure
    this.failure = undefined
    if (failure) throw failure
    const { to } = this.#begun.get(repository) ?? {}
    if (to !== undefined) this.#borg.goBack(repository, to.transactionId)
  }

  async clear(repository: string): Promise<void> {
    this.#begun.delete(repository)
    this.#borg.repositories.delete(this.#rehearsal(repository))
  }

  #rehearsal(repository: string): string {
    return join(repository, '.borgboi-undo/repository')
  }
}
