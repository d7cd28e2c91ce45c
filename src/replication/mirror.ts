// A plain mirror of a repository: its files under their own names, as `aws s3 sync` of BorgBoi 1.x put them into a bucket.
// It may be half of a transaction, so it is never believed: what the repository holds is looked for in it, and what is
// proven to be the same is copied within the server. The mirror stays as it is.

import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { ManifestFile } from '../model/generation.ts'
import type { Content, ObjectFacts, Vault } from '../vault/vault.ts'

/** The AWS command line sends larger files in parts of this size, and their etag is made of the parts. */
const PART_BYTES = 8 * 1024 * 1024

export class Mirror {
  readonly #vault: Vault
  readonly #objects: ReadonlyMap<string, ObjectFacts>

  private constructor(vault: Vault, objects: ReadonlyMap<string, ObjectFacts>) {
    this.#vault = vault
    this.#objects = objects
  }

  /** @throws AppError `value-invalid` where there is no mirror of that repository, and what the vault throws */
  static async open(vault: Vault, repoId: string): Promise<Mirror> {
    const objects = new Map<string, ObjectFacts>()
    for await (const facts of vault.list('')) objects.set(facts.key, facts)
    const config = objects.has('config') ? await vault.get('config') : undefined
    const text = config && config !== 'unchanged' ? await textOf(config.body) : undefined
    const id = /^id\s*=\s*([0-9a-f]{64})\s*$/m.exec(text ?? '')?.[1]
    if (id === repoId) return new Mirror(vault, objects)
    throw new AppError('value-invalid', `cannot take anything from ${vault.url}`, {
      reason:
        id === undefined ? 'it is no mirror of a repository' : `it mirrors another repository, ${id.slice(0, 12)}…`,
      hint: 'BorgBoi 1.x mirrored to s3://BUCKET/NAME; without --mirror everything is uploaded from here',
    })
  }

  /** What may be that file: its content is not known yet. */
  find({ path, size }: Pick<ManifestFile, 'path' | 'size'>): ObjectFacts | undefined {
    const facts = this.#objects.get(path)
    return facts?.size === size ? facts : undefined
  }

  /** False: it does not have exactly this content, or the server does not copy; nothing was stored then. */
  async copyTo(
    target: Vault,
    key: string,
    file: Pick<ManifestFile, 'path' | 'size'>,
    content: Content,
    signal: AbortSignal,
  ): Promise<boolean> {
    const facts = this.find(file)
    if (facts === undefined || target.copy === undefined) return false
    if (!(await isEtagOf(facts.etag, content)) && !(await this.#has(facts, content, signal))) return false
    return await target.copy({ vault: this.#vault.url, key: facts.key, etag: facts.etag }, key, content, signal)
  }

  async #has({ key, etag }: ObjectFacts, { sha256 }: Content, signal: AbortSignal): Promise<boolean> {
    const found = await this.#vault.get(key, { signal })
    if (found === undefined || found === 'unchanged' || found.facts.etag !== etag) return false
    const hash = createHash('sha256')
    for await (const bytes of found.body) hash.update(bytes)
    return hash.digest('hex') === sha256
  }
}

/** An etag is the MD5 of the content, or of the MD5s of its parts: where it agrees, nothing need be downloaded. */
async function isEtagOf(etag: string, content: Content): Promise<boolean> {
  const [, digest, parts] = /^([0-9a-f]{32})(?:-(\d+))?$/.exec(etag) ?? []
  if (digest === undefined) return false
  if (parts === undefined) return (await md5Of(content, 0, content.size)).toString('hex') === digest
  if (Math.ceil(content.size / PART_BYTES) !== Number(parts)) return false
  const all = createHash('md5')
  for (let start = 0; start < content.size; start += PART_BYTES) {
    all.update(await md5Of(content, start, Math.min(start + PART_BYTES, content.size)))
  }
  return all.digest('hex') === digest
}

async function md5Of(content: Content, start: number, end: number): Promise<Buffer> {
  const hash = createHash('md5')
  for await (const bytes of content.read(start, end)) hash.update(bytes)
  return hash.digest()
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
