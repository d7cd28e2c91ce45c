// The generations of one repository in one vault: the head, the manifests, and how one leads to the other. The head is
// only a cache of what the manifests tell: where it is lost, the newest generation is found from their chain.

import { hash } from 'node:crypto'
import { AppError } from '../errors.ts'
import {
  type GenerationRef,
  type Head,
  keysOf,
  type Manifest,
  parseManifestKey,
  type VaultFormat,
} from '../model/generation.ts'
import { formatMinute } from '../model/words.ts'
import type { Content, ObjectFacts, PutCondition, Vault } from '../vault/vault.ts'
import {
  damaged,
  decodeFormat,
  decodeHead,
  decodeManifest,
  encodeJson,
  encodeManifest,
  MANIFEST_MAX_BYTES,
  refOf,
  SMALL_MAX_BYTES,
} from './documents.ts'

export interface Generation {
  readonly manifest: Manifest
  readonly ref: GenerationRef
}

/** A manifest as its key tells of it. */
export interface ManifestKey {
  readonly key: string
  readonly seq: number
  readonly ulid: string
  readonly facts: ObjectFacts
}

export interface StoredHead {
  readonly head: Head
  readonly etag: string
}

export class Chain {
  readonly vault: Vault
  readonly repoId: string
  readonly keys: ReturnType<typeof keysOf>

  constructor(vault: Vault, repoId: string) {
    this.vault = vault
    this.repoId = repoId
    this.keys = keysOf(repoId)
  }

  /** Undefined where nothing was ever pushed. @throws AppError `vault-damaged`, `vault-newer` */
  async readFormat(): Promise<VaultFormat | undefined> {
    const found = await this.#read(this.keys.format, SMALL_MAX_BYTES)
    return found && decodeFormat(this.keys.format, this.repoId, found.bytes)
  }

  /** Undefined where there is none. @throws AppError `vault-damaged` for garbage, `vault-newer` */
  async readHead(): Promise<StoredHead | undefined> {
    const found = await this.#read(this.keys.head, SMALL_MAX_BYTES)
    return found && { head: decodeHead(this.keys.head, found.bytes), etag: found.facts.etag }
  }

  /** The head, unless it still is the one of that etag. */
  async readHeadUnless(etag: string): Promise<StoredHead | 'unchanged' | undefined> {
    const object = await this.vault.get(this.keys.head, { unlessEtag: etag })
    if (object === 'unchanged' || object === undefined) return object
    const bytes = await collectBody(this.keys.head, object.body, object.facts.size, SMALL_MAX_BYTES)
    return { head: decodeHead(this.keys.head, bytes), etag: object.facts.etag }
  }

  /** @throws AppError `vault-damaged`, also where it is missing or not the one of that hash; `vault-newer` */
  async readManifest(key: string, sha256?: string): Promise<Generation> {
    const found = await this.#read(key, MANIFEST_MAX_BYTES)
    if (found === undefined) throw damaged(key, 'it is missing')
    const actual = hash('sha256', found.bytes)
    if (sha256 !== undefined && actual !== sha256) throw damaged(key, 'its content is not what the chain says it is')
    const manifest = await decodeManifest(key, this.repoId, found.bytes)
    return { manifest, ref: refOf(manifest, actual) }
  }

  async readParent({ manifest }: Generation): Promise<Generation | undefined> {
    const { parent } = manifest
    return parent && (await this.readManifest(this.keys.manifest(parent.seq, parent.ulid), parent.sha256))
  }

  /** Every manifest in the vault, oldest first, by name alone. */
  async listManifests(): Promise<ManifestKey[]> {
    const found: ManifestKey[] = []
    for await (const facts of this.vault.list(this.keys.generations)) {
      const named = parseManifestKey(facts.key)
      if (named) found.push({ key: facts.key, ...named, facts })
    }
    return found
  }

  /** False: there is a manifest of that key already. */
  async createManifest(
    manifest: Manifest,
    condition: 'absent' | 'any' = 'absent',
  ): Promise<{ readonly created: boolean; readonly ref: GenerationRef; readonly bytes: Buffer }> {
    const { bytes, sha256 } = await encodeManifest(manifest)
    const key = this.keys.manifest(manifest.seq, manifest.ulid)
    const { stored } = await this.vault.put(key, contentOf(bytes), condition)
    return { created: stored, ref: refOf(manifest, sha256), bytes }
  }

  async putJson(key: string, document: unknown, condition: PutCondition): Promise<boolean> {
    const { stored } = await this.vault.put(key, contentOf(encodeJson(document)), condition)
    return stored
  }

  /** An object whole, undefined where there is none. @throws AppError `vault-damaged` where it is too large */
  async readBytes(key: string, maxBytes: number): Promise<Buffer | undefined> {
    return (await this.#read(key, maxBytes))?.bytes
  }

  async #read(key: string, maxBytes: number): Promise<{ bytes: Buffer; facts: ObjectFacts } | undefined> {
    const object = await this.vault.get(key)
    if (object === undefined || object === 'unchanged') return undefined
    return { bytes: await collectBody(key, object.body, object.facts.size, maxBytes), facts: object.facts }
  }
}

/** The newest generation that can be read, however the head is. */
export async function findTip(chain: Chain): Promise<Generation | undefined> {
  const stored = await readableHead(chain)
  return stored
    ? await chain.readManifest(stored.head.manifestKey, stored.head.manifestSha256)
    : await rebuildTip(chain)
}

/** Undefined for a head that is missing or garbage: a newer format is no garbage. */
export async function readableHead(chain: Chain): Promise<StoredHead | undefined> {
  try {
    return await chain.readHead()
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-damaged') return undefined
    throw error
  }
}

/** Before anything is judged, or deleted, that a newer borgboi may have arranged otherwise. @throws AppError `vault-newer` */
export async function requireKnownFormat(chain: Chain): Promise<void> {
  await readableHead(chain)
}

/**
 * The newest generation by the manifests alone. Of several of the same number the highest epoch counts, and of those the
 * last one: the others are pushes that were cut off. @throws AppError `chain-forked` where one epoch has two writers
 */
export async function rebuildTip(chain: Chain): Promise<Generation | undefined> {
  const manifests = await chain.listManifests()
  const newest = manifests.at(-1)
  if (newest === undefined) return undefined
  const rivals = manifests.filter(({ seq }) => seq === newest.seq)
  const all = await Promise.all(rivals.map(({ key }) => chain.readManifest(key)))
  const epoch = Math.max(...all.map(({ manifest }) => manifest.writer.epoch))
  const generations = all.filter(({ manifest }) => manifest.writer.epoch === epoch)
  const writers = new Set(generations.map(({ manifest }) => manifest.writer.installId))
  if (writers.size > 1) throw forked(newest.seq, generations)
  return generations.at(-1)
}

export function forked(seq: number, generations: readonly Generation[]): AppError {
  const writers = generations.map(
    ({ manifest }) => `${manifest.writer.host} at ${formatMinute(new Date(manifest.createdAt))}`,
  )
  return new AppError('chain-forked', `there is more than one generation ${seq} in the vault`, {
    reason: `written by ${writers.join(' and by ')}; which one is right cannot be told by a program`,
    hint: 'look at them with: borgboi s3 generations; restore each beside the other, and delete the repository copy that is wrong',
  })
}

export function contentOf(bytes: Buffer): Content {
  return {
    size: bytes.length,
    sha256: hash('sha256', bytes),
    async *read(start = 0, end = bytes.length) {
      yield bytes.subarray(start, end)
    },
  }
}

async function collectBody(key: string, body: AsyncIterable<Uint8Array>, size: number, max: number): Promise<Buffer> {
  if (size > max) throw damaged(key, `it has ${size} bytes, and at most ${max} are believed`)
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body) {
    bytes += part.length
    if (bytes > max) throw damaged(key, `it has more than the ${max} bytes that are believed`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
