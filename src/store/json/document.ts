// The text of repositories.json: four lines that are one JSON document, with a checksum at a fixed place. Lines are
// verified together and parsed apart, when asked for: ten thousand records take their time. See docs/formats.md.

import { hash } from 'node:crypto'
import type { RepoRecord } from '../../model/repo.ts'
import type { Repos } from '../repo-rules.ts'

/** Records of earlier formats have fewer fields, all of them optional now: they are read as they are. */
const STORE_FORMAT = 3

export interface StoreDocument {
  /** Grows with every write. */
  readonly revision: number
  readonly repos: Repos
  readonly indexes: StoreIndexes
}

/** Places in `repos`, counted from 0, by what is not in order there; always made anew from the records. */
export interface StoreIndexes {
  readonly byPath: Readonly<Record<string, number>>
  readonly byBorgId: Readonly<Record<string, readonly number[]>>
  readonly byHost: Readonly<Record<string, readonly number[]>>
}

export type Decoded =
  | { readonly kind: 'good'; readonly document: StoreDocument }
  | { readonly kind: 'newer'; readonly format: number }
  | { readonly kind: 'damaged'; readonly reason: string }

export const EMPTY_STORE: StoreDocument = { revision: 0, repos: [], indexes: indexesOf([]) }

export function indexesOf(repos: Repos): StoreIndexes {
  return {
    byPath: Object.fromEntries(repos.map((record, place) => [record.path, place])),
    byBorgId: placesBy(repos, (record) => record.borgId),
    byHost: placesBy(repos, (record) => record.hostname),
  }
}

function placesBy(repos: Repos, key: (record: RepoRecord) => string): Record<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [place, record] of repos.entries()) {
    const group = places.get(key(record))
    if (group === undefined) places.set(key(record), [place])
    else group.push(place)
  }
  return Object.fromEntries(places)
}

export function encodeStore({ revision, repos, indexes }: StoreDocument): string {
  const body = `"revision":${revision},\n"repos":${JSON.stringify(repos)},\n"indexes":${JSON.stringify(indexes)}}\n`
  return `{"format":${STORE_FORMAT},"checksum":"sha256:${hash('sha256', body)}",\n${body}`
}

const HEAD = /^\{"format":[123],"checksum":"sha256:([0-9a-f]{64})",\n/
const HEAD_MAX_BYTES = 200
const FORMAT = /^\s*\{\s*"format"\s*:\s*(\d{1,9})\b/

export function decodeStore(bytes: Buffer): Decoded {
  const start = bytes.toString('latin1', 0, HEAD_MAX_BYTES)
  const format = Number(FORMAT.exec(start)?.[1] ?? STORE_FORMAT)
  if (format > STORE_FORMAT) return { kind: 'newer', format }
  const head = HEAD.exec(start)
  if (head === null) return { kind: 'damaged', reason: reasonOf(bytes) }
  const body = bytes.subarray(head[0].length)
  if (hash('sha256', body) !== head[1]) {
    return { kind: 'damaged', reason: 'its checksum is wrong: it was cut short, overwritten, or edited by hand' }
  }
  return { kind: 'good', document: new LinesOfDocument(body) }
}

/** A document whose lines are parsed when they are looked at: listing repos needs no indexes. */
class LinesOfDocument implements StoreDocument {
  readonly #body: Buffer
  #repos: Repos | undefined
  #indexes: StoreIndexes | undefined

  constructor(body: Buffer) {
    this.#body = body
  }

  get revision(): number {
    return this.#parse('"revision":', 0)
  }

  get repos(): Repos {
    this.#repos ??= this.#parse<Repos>('"repos":', 1)
    return this.#repos
  }

  get indexes(): StoreIndexes {
    this.#indexes ??= this.#parse<StoreIndexes>('"indexes":', 2)
    return this.#indexes
  }

  /** The value of a line, between its key and the comma or bracket that ends it. */
  #parse<T>(key: string, line: number): T {
    let start = 0
    for (let skipped = 0; skipped < line; skipped++) start = this.#body.indexOf('\n', start) + 1
    return JSON.parse(this.#body.toString('utf8', start + key.length, this.#body.indexOf('\n', start) - 1))
  }
}

/** What a store that failed its checks may still say; nothing in `repos` is checked. */
export interface Salvage {
  readonly revision: number
  readonly repos: readonly unknown[]
}

/** Undefined where the bytes are no JSON, or no JSON of ours. */
export function salvageStore(bytes: Buffer): Salvage | undefined {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('repos' in value) || !Array.isArray(value.repos))
    return undefined
  const revision = 'revision' in value && Number.isSafeInteger(value.revision) ? Number(value.revision) : 0
  return { revision, repos: value.repos }
}

function reasonOf(bytes: Buffer): string {
  if (bytes.length === 0) return 'it is empty'
  if (bytes.every((byte) => byte === 0)) return 'it holds nothing but NUL bytes'
  return 'it does not begin as borgboi writes it'
}
