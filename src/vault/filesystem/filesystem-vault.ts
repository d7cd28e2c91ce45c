// A vault in a directory: `file:///mnt/nas/borg`. An object is a file below it, of the same path as its key. Files are
// written in `.partial/`, made durable, and moved to their place in one step. Specified in docs/formats.md.

import { join } from 'node:path'
import type { Clock, Host } from '../../deps.ts'
import { systemCode } from '../../platform/files.ts'
import { readFile, realPathIfAny, removeEmptyUpTo, unlinkIfAny } from '../../platform/object-files.ts'
import type {
  Content,
  GetOptions,
  ObjectFacts,
  PutCondition,
  PutResult,
  StoredObject,
  TransferOptions,
  Vault,
  VaultFacilities,
} from '../vault.ts'
import { failed, stopped } from './failure.ts'
import { childrenOf, hasObject, walkObjects } from './listing.ts'
import { type FoundObject, findObject, listedFacts } from './object-facts.ts'
import { segmentsOf } from './object-keys.ts'
import { publish } from './publish.ts'
import { createUnfinished, receive, sweep } from './unfinished.ts'
import { VaultDirectory } from './vault-directory.ts'

/** A directory may be removed as empty between making it and moving a file there. */
const PLACE_ATTEMPTS = 5

export interface FilesystemVaultOptions {
  readonly url: string
  /** An absolute path. */
  readonly root: string
  readonly clock: Clock
  readonly host: Pick<Host, 'hostname'>
  readonly stop: AbortSignal
}

export class FilesystemVault implements Vault {
  readonly url: string
  readonly concurrency = 8
  readonly #directory: VaultDirectory
  readonly #options: FilesystemVaultOptions

  constructor(options: FilesystemVaultOptions) {
    this.url = options.url
    this.#directory = new VaultDirectory(options.root)
    this.#options = options
  }

  async put(key: string, content: Content, condition: PutCondition, options: TransferOptions = {}): Promise<PutResult> {
    const signal = options.signal ?? this.#options.stop
    const attempt = `store ${key}`
    if (signal.aborted) throw stopped(attempt, signal)
    segmentsOf(key)
    await this.#directory.requireMarker()
    if (condition === 'absent' && (await this.#find(attempt, key))) return { stored: false }

    const pending = await this.#directory.attempt(attempt, () => createUnfinished(this.#directory, key))
    try {
      const etag = await receive(this.#directory, key, pending, content, { ...options, signal })
      const stored = await this.#publish(key, pending.path, condition, signal)
      return stored ? { stored, etag } : { stored }
    } finally {
      await this.#directory.attempt(attempt, () => pending.discard())
    }
  }

  async get(key: string, options: GetOptions = {}): Promise<StoredObject | 'unchanged' | undefined> {
    const signal = options.signal ?? this.#options.stop
    const attempt = `read ${key}`
    if (signal.aborted) throw stopped(attempt, signal)
    const found = await this.#find(attempt, key)
    if (found === undefined) return await this.#directory.confirmAbsent()
    if (found.facts.etag === options.unlessEtag) return 'unchanged'
    return { facts: found.facts, body: this.#read(attempt, found, { ...options, signal }) }
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    return (await this.#find(`look at ${key}`, key))?.facts ?? (await this.#directory.confirmAbsent())
  }

  async *list(prefix: string, { after = '' }: { readonly after?: string } = {}): AsyncGenerator<ObjectFacts> {
    const { root } = this.#directory
    const factsOf = (key: string) => listedFacts(key, join(root, key))
    const listing = walkObjects(root, '', { prefix, after, factsOf })
    let isEmpty = true
    for (;;) {
      const { done, value } = await this.#directory.attempt(listingOf(prefix), () => listing.next())
      if (done) break
      isEmpty = false
      yield value
    }
    if (isEmpty) await this.#directory.confirmAbsent()
  }

  async listDirectories(prefix: string): Promise<readonly string[]> {
    const names: string[] = []
    const segments = prefix === '' ? [] : segmentsOf(prefix.replace(/\/$/, ''))
    if (await this.#directory.directoryOf(listingOf(prefix), segments)) {
      await this.#directory.attempt(listingOf(prefix), async () => {
        for (const key of await childrenOf(this.#directory.root, prefix)) {
          if (key.endsWith('/') && (await hasObject(this.#directory.root, key)))
            names.push(key.slice(prefix.length, -1))
        }
      })
    }
    if (names.length === 0) await this.#directory.confirmAbsent()
    return names
  }

  /** Not ordered against a compare-and-swap of the same key at the same moment: that would take a lock for each key. */
  async delete(keys: readonly string[]): Promise<readonly { readonly key: string; readonly reason: string }[]> {
    const refused: { key: string; reason: string }[] = []
    const touched = new Set<string>()
    for (const key of keys) {
      const directory = await this.#directory.directoryOf(`delete ${key}`, segmentsOf(key).slice(0, -1))
      if (directory === undefined) continue
      touched.add(directory)
      const path = join(directory, key.slice(key.lastIndexOf('/') + 1))
      if (!(await this.#directory.attempt(`delete ${key}`, () => unlinkUnlessDenied(path)))) {
        refused.push({ key, reason: 'this user may not remove it from its directory' })
      }
    }
    await this.#directory.attempt('delete objects', async () => {
      const root = await realPathIfAny(this.#directory.root)
      if (root !== undefined) for (const directory of touched) await removeEmptyUpTo(root, directory)
    })
    return refused
  }

  async sweepUnfinished(prefix: string, before: Date): Promise<number> {
    return await this.#directory.attempt('sweep what is unfinished', () => sweep(this.#directory, prefix, before))
  }

  async facilities(): Promise<VaultFacilities> {
    return { versioning: false }
  }

  async close(): Promise<void> {}

  async #find(attempt: string, key: string): Promise<FoundObject | undefined> {
    const path = await this.#directory.placeOf(attempt, key)
    return path === undefined ? undefined : await this.#directory.attempt(attempt, () => findObject(key, path))
  }

  async #publish(key: string, from: string, condition: PutCondition, stop: AbortSignal): Promise<boolean> {
    const attempt = `store ${key}`
    const { clock, host } = this.#options
    const currentEtag = async () => (await this.#find(attempt, key))?.facts.etag
    return await this.#directory.attempt(attempt, async () => {
      for (let left = PLACE_ATTEMPTS; ; left--) {
        try {
          const to = await this.#directory.makePlace(attempt, key)
          return await publish({ root: this.#directory.root, key, from, to, condition, currentEtag, clock, host, stop })
        } catch (error) {
          if (stop.aborted) throw stopped(attempt, stop)
          if (systemCode(error) !== 'ENOENT' || left === 0) throw error
          await this.#directory.confirmAbsent()
        }
      }
    })
  }

  async *#read(attempt: string, found: FoundObject, options: GetOptions & { readonly signal: AbortSignal }) {
    const { range, signal, onBytes } = options
    const [start, end] = [range?.start ?? 0, range?.end ?? found.facts.size]
    const parts = found.bytes ? oneOf(found.bytes.subarray(start, end)) : this.#readFile(attempt, found, start, end)
    for await (const part of parts) {
      if (signal.aborted) throw stopped(attempt, signal)
      onBytes?.(part.length)
      yield part
    }
  }

  async *#readFile(attempt: string, { facts: { key }, file }: FoundObject, start: number, end: number) {
    const path = (await this.#directory.placeOf(attempt, key)) ?? ''
    const parts = readFile(path, file, start, end)
    try {
      for (;;) {
        const { done, value } = await this.#directory.attempt(attempt, () => parts.next())
        if (!done) yield value
        else if (value === 'read') return
        else throw changed(attempt, this.#directory.root)
      }
    } finally {
      await parts.return('read')
    }
  }
}

/** False where this user may not. */
async function unlinkUnlessDenied(path: string): Promise<boolean> {
  try {
    await unlinkIfAny(path)
    return true
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(systemCode(error) ?? '')) return false
    throw error
  }
}

async function* oneOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

function changed(attempt: string, root: string) {
  return failed(attempt, root, 'it was replaced or removed while it was read', 'run the same command again')
}

function listingOf(prefix: string): string {
  return `list ${prefix || 'everything'}`
}
