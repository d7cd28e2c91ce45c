// A vault in memory. Tests see and change its objects through `objects`, its clock through `now`, and put faults in
// before or after any call. It passes the same contract suite.

import { createHash } from 'node:crypto'
import { AppError, type ErrorCode } from '../../src/errors.ts'
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
} from '../../src/vault/vault.ts'

export interface VaultCall {
  /** From 0. */
  readonly number: number
  readonly name: 'put' | 'get' | 'head' | 'list' | 'listDirectories' | 'delete' | 'sweepUnfinished' | 'facilities'
  /** The key, the prefix, or the first of the keys. */
  readonly key: string
}

interface MemoryObject {
  readonly bytes: Buffer
  readonly etag: string
  readonly lastModified: Date
  readonly sha256: string
  readonly storageClass?: string
}

const CHUNK_BYTES = 1 << 20

export class MemoryVault implements Vault {
  readonly url = 's3://memory'
  readonly concurrency = 4
  readonly objects = new Map<string, MemoryObject>()
  readonly calls: VaultCall[] = []
  /** The vault's own clock. */
  now = new Date('2026-11-20T02:30:04.000Z')
  reported: VaultFacilities = { versioning: false }
  /** Called before a call has its effect, and after: what they throw, the call throws. */
  before: (call: VaultCall) => void | Promise<void> = () => {}
  after: (call: VaultCall) => void | Promise<void> = () => {}
  #writes = 0

  /** Lets the call of that number fail, before it has its effect or after. */
  failAt(number: number, when: 'before' | 'after', code: ErrorCode = 'vault-unreachable'): void {
    this[when] = (call) => {
      if (call.number !== number) return
      throw new AppError(code, `cannot ${call.name} ${call.key}`, { reason: 'a fault was put in', hint: 'take it out' })
    }
  }

  /** Flips a bit of an object; its facts stay as they are. */
  corrupt(key: string): void {
    const object = this.#existing(key)
    const bytes = Buffer.from(object.bytes)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    this.objects.set(key, { ...object, bytes })
  }

  age(key: string, ms: number): void {
    const object = this.#existing(key)
    this.objects.set(key, { ...object, lastModified: new Date(object.lastModified.getTime() - ms) })
  }

  async put(key: string, content: Content, condition: PutCondition, options: TransferOptions = {}): Promise<PutResult> {
    return await this.#call('put', key, async () => {
      const bytes = await receive(key, content, options)
      const current = this.objects.get(key)
      const holds =
        condition === 'any' || (condition === 'absent' ? current === undefined : current?.etag === condition.etag)
      if (!holds) return { stored: false }
      const etag = `"${++this.#writes}"`
      this.objects.set(key, { bytes, etag, lastModified: this.now, sha256: content.sha256 })
      return { stored: true, etag }
    })
  }

  async get(key: string, options: GetOptions = {}): Promise<StoredObject | 'unchanged' | undefined> {
    return await this.#call('get', key, async () => {
      throwIfStopped('get', key, options.signal)
      const object = this.objects.get(key)
      if (object === undefined) return undefined
      if (options.unlessEtag === object.etag) return 'unchanged'
      return { facts: factsOf(key, object), body: send(key, object.bytes, options) }
    })
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    return await this.#call('head', key, async () => {
      const object = this.objects.get(key)
      return object && factsOf(key, object)
    })
  }

  async *list(prefix: string, { after = '' }: { readonly after?: string } = {}): AsyncGenerator<ObjectFacts> {
    const found = await this.#call('list', prefix, async () =>
      [...this.objects]
        .filter(([key]) => key.startsWith(prefix) && compareKeys(key, after) > 0)
        .sort(([one], [other]) => compareKeys(one, other)),
    )
    for (const [key, object] of found) yield factsOf(key, object)
  }

  async listDirectories(prefix: string): Promise<readonly string[]> {
    return await this.#call('listDirectories', prefix, async () => {
      const segments = [...this.objects.keys()]
        .filter((key) => key.startsWith(prefix) && key.includes('/', prefix.length))
        .map((key) => key.slice(prefix.length, key.indexOf('/', prefix.length)))
      return [...new Set(segments)].sort(compareKeys)
    })
  }

  async delete(keys: readonly string[]): Promise<readonly { readonly key: string; readonly reason: string }[]> {
    return await this.#call('delete', keys[0] ?? '', async () => {
      for (const key of keys) this.objects.delete(key)
      return []
    })
  }

  async sweepUnfinished(prefix: string): Promise<number> {
    return await this.#call('sweepUnfinished', prefix, async () => 0)
  }

  async facilities(): Promise<VaultFacilities> {
    return await this.#call('facilities', '', async () => this.reported)
  }

  async close(): Promise<void> {}

  async #call<T>(name: VaultCall['name'], key: string, act: () => Promise<T>): Promise<T> {
    const call = { number: this.calls.length, name, key }
    this.calls.push(call)
    await this.before(call)
    const result = await act()
    await this.after(call)
    return result
  }

  #existing(key: string): MemoryObject {
    const object = this.objects.get(key)
    if (object === undefined) throw new Error(`there is no ${key} in the vault`)
    return object
  }
}

async function receive(key: string, content: Content, { signal, onBytes }: TransferOptions): Promise<Buffer> {
  throwIfStopped('put', key, signal)
  const parts: Uint8Array[] = []
  for await (const part of content.read()) {
    throwIfStopped('put', key, signal)
    // A copy: who reads may use the same memory again.
    parts.push(Buffer.from(part))
    onBytes?.(part.length)
  }
  const bytes = Buffer.concat(parts)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (bytes.length === content.size && sha256 === content.sha256) return bytes
  throw new AppError('vault-failed', `cannot put ${key}`, {
    reason: 'its content is not what was announced',
    hint: 'run the same command again',
  })
}

async function* send(key: string, bytes: Buffer, { range, signal, onBytes }: GetOptions): AsyncGenerator<Uint8Array> {
  const wanted = range ? bytes.subarray(range.start, range.end) : bytes
  for (let start = 0; start < wanted.length; start += CHUNK_BYTES) {
    throwIfStopped('get', key, signal)
    const part = wanted.subarray(start, start + CHUNK_BYTES)
    onBytes?.(part.length)
    yield part
  }
}

function factsOf(key: string, { bytes, ...facts }: MemoryObject): ObjectFacts {
  return { key, size: bytes.length, ...facts }
}

function throwIfStopped(name: string, key: string, signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw new AppError('interrupted', `cannot ${name} ${key}`, {
    reason: String(signal.reason),
    hint: 'run the same command again',
  })
}

/** The order of S3: that of UTF-8 bytes. */
function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
