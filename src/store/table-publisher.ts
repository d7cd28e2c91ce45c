// Brings the tables up to date with the local store, entry by entry of the outbox. Nothing here ever fails a command or
// holds it up for long: what does not get through stays in the outbox, and is told once.

import { isDeepStrictEqual } from 'node:util'
import type { Clock, RepoStore } from '../deps.ts'
import { AppError, type ErrorCode, toAppError } from '../errors.ts'
import type { EventSink } from '../model/events.ts'
import type { RepoRecord } from '../model/repo.ts'
import type { Tables } from './dynamodb/open-tables.ts'
import type { RepoItem, RepoKey } from './dynamodb/repo-item.ts'
import type { RepoTable } from './dynamodb/repo-table.ts'
import type { Outbox, ReadyEntry } from './outbox.ts'

export interface PublisherOptions {
  readonly local: Pick<RepoStore, 'getByPath'>
  readonly outbox: Outbox
  readonly open: () => Promise<Tables>
  readonly clock: Clock
  readonly events: EventSink
  /** What one command may wait for all of it. */
  readonly deadlineMs: number
}

/** What may be wrong with one item must not hold up the others; everything else is wrong for all of them. */
const OF_ONE_ITEM: readonly ErrorCode[] = ['table-failed', 'store-conflict']
/** How often others may get in between before an entry is left for the next run. */
const ATTEMPTS = 10

export class TablePublisher {
  readonly #options: PublisherOptions
  #last: Promise<void> = Promise.resolve()
  #gaveUp = false
  #told = false

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** Sends what is ready. One at a time in a process, and not at all any more once DynamoDB cannot be used. Never throws. */
  publish(): Promise<void> {
    this.#last = this.#last.then(() => (this.#gaveUp ? undefined : this.#publishInTime()))
    return this.#last
  }

  async #publishInTime(): Promise<void> {
    const { clock, deadlineMs, open } = this.#options
    const done = new AbortController()
    const late = new AbortController()
    const work = this.#publishAll(late.signal)
    const deadline = clock.sleep(deadlineMs, done.signal).then(
      () => late.abort(),
      () => {},
    )
    try {
      await Promise.race([work, deadline.then(() => refuseLate(late.signal))])
    } catch (error) {
      const failure = toAppError(error)
      this.#gaveUp = !OF_ONE_ITEM.includes(failure.code)
      this.#tellOnce(failure)
    } finally {
      done.abort()
      if (late.signal.aborted) {
        // It goes on until its request is over: that ends here, and must not be an unhandled failure.
        work.catch(() => {})
        open().then(
          (tables) => tables.close(),
          () => {},
        )
      }
    }
  }

  async #publishAll(late: AbortSignal): Promise<void> {
    const { outbox, open } = this.#options
    const entries = await outbox.ready()
    if (entries.length === 0) return
    const tables = await open()
    const changedAt = newestChanges(entries)
    const published = new Set<string>()
    let failure: AppError | undefined
    for (const entry of entries) {
      refuseLate(late)
      try {
        for (const key of entry.repos) {
          const id = JSON.stringify(key)
          if (published.has(id)) continue
          await this.#publishRepo(tables.repos, key, changedAt.get(id) ?? entry.changedAt)
          published.add(id)
        }
        if (entry.archive) await tables.archives?.put(entry.archive)
      } catch (error) {
        failure = toAppError(error)
        if (!OF_ONE_ITEM.includes(failure.code)) break
        continue
      }
      await outbox.remove(entry)
    }
    if (failure) throw failure
  }

  /**
   * The item is looked at before the local store, and written only where it is still the same: whoever wrote it did so
   * before we looked, so the local state read after that is at least as new as what is written over.
   */
  async #publishRepo(table: RepoTable, key: RepoKey, changedAt: string): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const seen = await table.get(key)
      const record = await this.#localRecord(key)
      if (isDeepStrictEqual(seen?.record, record)) return
      if (this.#isNewer(seen, changedAt)) return this.#tellNewer(key)
      if (record !== undefined ? await table.put(key, seen, record, changedAt) : seen && (await table.remove(seen))) {
        return
      }
    }
    throw new AppError('store-conflict', `cannot write the repo at ${key.path} to the table ${table.name}`, {
      reason: 'others change it all the time',
      hint: 'is another machine of the same host name using the same path?',
    })
  }

  async #localRecord({ path, hostname }: RepoKey): Promise<RepoRecord | undefined> {
    const record = await this.#options.local.getByPath(path)
    return record?.hostname === hostname ? record : undefined
  }

  /** Only another home can be ahead of our own change. A time to come was written by a clock that was wrong. */
  #isNewer(seen: RepoItem | undefined, changedAt: string): boolean {
    if (seen?.record === undefined || seen.changedAt === undefined) return false
    return seen.changedAt > changedAt && seen.changedAt <= this.#options.clock.now().toISOString()
  }

  #tellNewer({ path, hostname }: RepoKey): void {
    this.#options.events({
      type: 'notice',
      level: 'warning',
      message: `DynamoDB has a newer record of the repo at ${path}, from another home or machine called ${hostname}: it stays`,
      hint: 'give each machine a host name of its own',
    })
  }

  #tellOnce({ message, reason, hint }: AppError): void {
    if (this.#told) return
    this.#told = true
    this.#options.events({
      type: 'notice',
      level: 'warning',
      message: `${message}${reason === undefined ? '' : ` (${reason})`}; the change is kept, and sent with the next one`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

function refuseLate(late: AbortSignal): void {
  if (!late.aborted) return
  throw new AppError('table-unreachable', 'DynamoDB is slow', {
    reason: 'it took too long to wait for',
    hint: 'check the network, aws.region, and AWS_ENDPOINT_URL where it is set; offline: true does without',
  })
}

/** The time of the last change of each repo. */
function newestChanges(entries: readonly ReadyEntry[]): ReadonlyMap<string, string> {
  return new Map(entries.flatMap((entry) => entry.repos.map((key) => [JSON.stringify(key), entry.changedAt] as const)))
}
