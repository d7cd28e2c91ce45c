// What the tables have not been told yet, in files of the home: one per change, so that nothing has to be locked and a
// damaged file costs no other. See docs/formats.md.
//
// An entry says which repo changed, not how: what is sent is the newest state of the local store. It is announced
// before the local write, so that a crash between the two leaves it, and ready after it, so that nobody takes it away
// before the change it stands for can be seen.

import { join } from 'node:path'
import type { Clock, Host } from '../deps.ts'
import type { EventSink } from '../model/events.ts'
import { removeFileIfAny, renameIfAny } from '../platform/entries.ts'
import { listIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import type { RepoKey } from './dynamodb/repo-item.ts'

/** One archive that a backup made. */
export interface ArchiveRow {
  readonly repoName: string
  readonly archive: string
  /** 64 hex digits. */
  readonly archiveId: string
  /** When the backup began, RFC 3339 UTC. */
  readonly at: string
  /** The repository. */
  readonly path: string
  readonly hostname: string
  readonly originalBytes: number
  readonly compressedBytes: number
  readonly deduplicatedBytes: number
}

export interface Entry {
  readonly repos: readonly RepoKey[]
  readonly archive?: ArchiveRow
}

export interface ReadyEntry extends Entry {
  readonly file: string
  /** When the local store had the change at the latest, RFC 3339 UTC. */
  readonly changedAt: string
}

export interface Announcement {
  /** The local write is done. */
  ready(): Promise<void>
  /** There was no local write. */
  withdraw(): Promise<void>
}

const FORMAT = 1
const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[^.]+\.(json|open)$/
/** A local write takes half a minute at most: what is still open after this was left by a crash. */
const OPEN_MS = 600_000

export interface OutboxOptions {
  /** `<home>/data`; it need not exist. */
  readonly directory: string
  readonly clock: Clock
  readonly host: Pick<Host, 'newId'>
  /** Told of entries that cannot be read. */
  readonly events: EventSink
}

export class Outbox {
  readonly #directory: string
  readonly #options: OutboxOptions

  constructor(options: OutboxOptions) {
    this.#directory = join(options.directory, 'outbox')
    this.#options = options
  }

  /** @throws AppError `disk-full`, `file-denied`, `file-unusable` */
  async announce(entry: Entry): Promise<Announcement> {
    const { host } = this.#options
    const id = host.newId()
    const text = `${JSON.stringify({ format: FORMAT, ...entry })}\n`
    const open = this.#file(id, 'open')
    await writeFileAtomic(open, text)
    return {
      ready: async () => {
        const file = this.#file(id, 'json')
        // Gone where this process slept so long that others took it for dead, and sent what was there before.
        if (!(await renameIfAny(open, file))) await writeFileAtomic(file, text)
      },
      withdraw: () => removeFileIfAny(open),
    }
  }

  /** Oldest first. Entries that stand for nothing more than newer ones do are removed; damaged ones are put aside. */
  async ready(): Promise<readonly ReadyEntry[]> {
    const entries: ReadyEntry[] = []
    const later = new Set<string>()
    for (const name of ((await listIfAny(this.#directory)) ?? []).sort().reverse()) {
      const changedAt = this.#changedAt(name)
      const file = join(this.#directory, name)
      const entry = changedAt === undefined ? undefined : await this.#read(file)
      if (changedAt === undefined || entry === undefined) continue
      const keys = entry.repos.map((key) => JSON.stringify(key))
      if (entry.archive === undefined && keys.every((key) => later.has(key))) await removeFileIfAny(file)
      else entries.unshift({ ...entry, file, changedAt })
      for (const key of keys) later.add(key)
    }
    return entries
  }

  /** How many changes are ready or were left by a crash. Changes nothing. */
  async waiting(): Promise<number> {
    const names = (await listIfAny(this.#directory)) ?? []
    return names.filter((name) => this.#changedAt(name) !== undefined).length
  }

  async remove({ file }: ReadyEntry): Promise<void> {
    await removeFileIfAny(file)
  }

  #file(id: string, state: 'json' | 'open'): string {
    const time = this.#options.clock.now().toISOString().replace(/[-:.]/g, '')
    return join(this.#directory, `${time}-${id}.${state}`)
  }

  /** Undefined for what is not ready, or no entry. */
  #changedAt(name: string): string | undefined {
    const [, year, month, day, hour, minute, second, ms, state] = NAME.exec(name) ?? []
    if (state === undefined) return undefined
    const named = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
    if (state === 'json') return named.toISOString()
    const ended = new Date(named.getTime() + OPEN_MS)
    return ended <= this.#options.clock.now() ? ended.toISOString() : undefined
  }

  /** Undefined for what was removed meanwhile, is of a newer format (and stays), or is damaged (and is put aside). */
  async #read(file: string): Promise<Entry | undefined> {
    const text = await readTextIfAny(file)
    if (text === undefined) return undefined
    const value = parseEntry(text)
    if (value !== 'damaged') return value
    await renameIfAny(file, `${file}.damaged`)
    this.#options.events({
      type: 'notice',
      level: 'warning',
      message: `${file} is damaged and was put aside: one change of a repo may be missing in DynamoDB`,
      hint: 'the next backup of the repo brings its record there again',
    })
    return undefined
  }
}

function parseEntry(text: string): Entry | undefined | 'damaged' {
  let value: Partial<Entry> & { readonly format?: unknown }
  try {
    value = JSON.parse(text)
  } catch {
    return 'damaged'
  }
  if (typeof value !== 'object' || value === null || typeof value.format !== 'number') return 'damaged'
  if (value.format > FORMAT) return undefined
  const { repos, archive } = value
  if (!Array.isArray(repos) || !repos.every(isKey) || (archive !== undefined && !isRow(archive))) return 'damaged'
  return { repos, ...(archive === undefined ? {} : { archive }) }
}

function isKey(value: Partial<RepoKey> | null): value is RepoKey {
  return typeof value?.path === 'string' && typeof value.hostname === 'string'
}

function isRow(value: Partial<ArchiveRow> | null): value is ArchiveRow {
  const texts = [value?.repoName, value?.archive, value?.archiveId, value?.at, value?.path, value?.hostname]
  const counts = [value?.originalBytes, value?.compressedBytes, value?.deduplicatedBytes]
  return texts.every((text) => typeof text === 'string') && counts.every((count) => Number.isSafeInteger(count))
}
