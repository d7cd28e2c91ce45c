// Objects on their way into a vault: files in `.partial/` whose names tell the key, until they are whole, durable and
// of the digest that was announced. What killed writers leave of them is swept.

import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { systemCode } from '../../platform/files.ts'
import { listEntries, lstatFacts, makeBelow, PendingFile, unlinkIfAny } from '../../platform/object-files.ts'
import type { Content, TransferOptions } from '../vault.ts'
import { failed, stopped } from './failure.ts'
import { PARTIAL } from './marker.ts'
import { etagOf } from './object-facts.ts'
import type { VaultDirectory } from './vault-directory.ts'

/** Of the part that tells the key: file names have at most 255 bytes, and the random part takes 37. */
const KEY_PART_MAX = 200

export async function createUnfinished(directory: VaultDirectory, key: string): Promise<PendingFile> {
  const path = join(directory.root, PARTIAL, `${keyPart(key)}.${randomUUID()}`)
  try {
    return await PendingFile.create(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    await directory.confirmAbsent()
    await makeBelow(directory.root, [PARTIAL])
    return await PendingFile.create(path)
  }
}

/** Writes the content, durably, and makes sure that it is what was announced. Resolves to its etag. */
export async function receive(
  directory: VaultDirectory,
  key: string,
  pending: PendingFile,
  content: Content,
  { signal, onBytes }: TransferOptions & { readonly signal: AbortSignal },
): Promise<string> {
  const attempt = `store ${key}`
  const digest = createHash('sha256')
  let size = 0
  // Errors of the reader are not the vault's.
  for await (const part of content.read()) {
    if (signal.aborted) throw stopped(attempt, signal)
    size += part.length
    if (size > content.size) break
    const writing = directory.attempt(attempt, () => pending.write(part))
    digest.update(part)
    await writing
    onBytes?.(part.length)
  }
  if (signal.aborted) throw stopped(attempt, signal)
  const sha256 = digest.digest('hex')
  if (size !== content.size || sha256 !== content.sha256) {
    const found = size === content.size ? 'another SHA-256' : `${size > content.size ? 'more' : 'fewer'} bytes`
    const reason = `its content has ${found} than was announced: it changed while it was read, or memory is faulty`
    throw failed(attempt, directory.root, reason, 'run the same command again; if it stays, check the repository')
  }
  const facts = await directory.attempt(attempt, () => pending.finish())
  if (facts.size === size) return etagOf(facts, sha256)
  throw failed(
    attempt,
    directory.root,
    `the disk kept ${facts.size} bytes of ${size}`,
    'look at the disk: dmesg | tail',
  )
}

/** Removes what was last written to before that time. Resolves to how many. */
export async function sweep(directory: VaultDirectory, prefix: string, before: Date): Promise<number> {
  const path = join(directory.root, PARTIAL)
  const entries = await listEntries(path)
  if (entries === undefined) await directory.confirmAbsent()
  let swept = 0
  for (const { name, isDirectory } of entries ?? []) {
    if (isDirectory || !name.startsWith(keyPart(prefix))) continue
    const facts = await lstatFacts(join(path, name))
    if (facts && facts.modifiedAt < before && (await unlinkIfAny(join(path, name)))) swept++
  }
  return swept
}

function keyPart(key: string): string {
  return encodeURIComponent(key).slice(0, KEY_PART_MAX)
}
