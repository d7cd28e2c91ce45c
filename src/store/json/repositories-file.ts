// repositories.json as lowdb's adapter: verified reading with the backup copy to fall back on, and writing that loses
// neither a change nor the old file. It decides what counts as damage; it knows nothing of repos.

import { basename, dirname, join } from 'node:path'
import type { Adapter } from 'lowdb'
import type { Clock } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { keepUnderName, readBytesIfAny, removeFileIfAny } from '../../platform/entries.ts'
import { listIfAny, systemCode, writeFileAtomic } from '../../platform/files.ts'
import { type Decoded, decodeStore, encodeStore, type StoreDocument } from './document.ts'

/** A file of the store and what it turned out to be; `absent` where there is none. */
export type Found = { readonly kind: 'absent' } | ({ readonly path: string; readonly bytes: Buffer } & Decoded)

export function findStoreFile(path: string): Found {
  const bytes = readBytesIfAny(path)
  return bytes === undefined ? { kind: 'absent' } : { path, bytes, ...decodeStore(bytes) }
}

export function backupOf(path: string): string {
  return `${path}.bak`
}

/** Damaged stores that were replaced or refused, newest first. */
export async function quarantinedBeside(path: string): Promise<string[]> {
  const names = (await listIfAny(dirname(path))) ?? []
  const quarantined = names.filter((name) => name.startsWith(quarantinePrefix(path)))
  return quarantined
    .sort()
    .reverse()
    .map((name) => join(dirname(path), name))
}

/** Keeps a file of the store, as it is now, under a name of its own. Undefined where there is no file. */
export async function quarantine(path: string, file: string, now: Date): Promise<string | undefined> {
  const prefix = quarantinePrefix(path)
  return await keepUnderName(file, prefix, `${prefix}${now.toISOString().replace(/[-:.]/g, '')}`)
}

function quarantinePrefix(path: string): string {
  return `${basename(path)}.corrupt-`
}

/** Removes what killed writers left. Only for the holder of the store's lock: nobody else writes then. */
export async function sweepTemporaries(path: string): Promise<void> {
  const prefixes = [`.${basename(path)}.`, `${basename(backupOf(path))}.`]
  for (const name of (await listIfAny(dirname(path))) ?? []) {
    if (name.endsWith('.tmp') && prefixes.some((prefix) => name.startsWith(prefix))) {
      await removeFileIfAny(join(dirname(path), name))
    }
  }
}

export function refuseNewer(path: string, format: number): AppError {
  return new AppError('store-newer', 'cannot read the record of repos', {
    reason: `${path} has format ${format}, which this borgboi does not know`,
    hint: 'use the newer borgboi that wrote it',
  })
}

/**
 * The lock keeps others out; this is for the day it did not: a machine that slept, clocks that disagree.
 * @throws AppError `store-conflict` where the file at `path` is not what was found, or the lock was lost
 */
export function refuseConflict(path: string, found: Found, lost: AbortSignal): void {
  const bytes = readBytesIfAny(path)
  const before = found.kind === 'absent' ? undefined : found.bytes
  const same = bytes === undefined || before === undefined ? bytes === before : bytes.equals(before)
  if (!same || lost.aborted) throw conflict()
}

function conflict(): AppError {
  return new AppError('store-conflict', 'cannot write the record of repos', {
    reason: 'another process changed it at the same moment',
    hint: 'run the same command again',
  })
}

/** One reading, and at most one writing on the strength of it. */
export class RepositoriesFile implements Adapter<StoreDocument> {
  readonly #path: string
  readonly #clock: Clock
  readonly #lost: AbortSignal
  #main: Found = { kind: 'absent' }
  /** What is wrong with the file, where its backup copy was read instead. */
  damage: string | undefined

  /** `lost` is aborted when the lock that a writing needs was lost. */
  constructor(path: string, clock: Clock, lost: AbortSignal) {
    this.#path = path
    this.#clock = clock
    this.#lost = lost
  }

  /** Null only where nothing was ever recorded. @throws AppError `store-damaged`, `store-newer` */
  async read(): Promise<StoreDocument | null> {
    this.#main = findStoreFile(this.#path)
    if (this.#main.kind === 'good') return this.#main.document
    if (this.#main.kind === 'newer') throw refuseNewer(this.#path, this.#main.format)

    const backup = findStoreFile(backupOf(this.#path))
    if (backup.kind === 'newer') throw refuseNewer(backup.path, backup.format)
    const damage = this.#main.kind === 'damaged' ? this.#main.reason : 'it is missing'
    if (backup.kind === 'good') {
      this.damage = damage
      return backup.document
    }
    const nothingThere = this.#main.kind === 'absent' && backup.kind === 'absent'
    if (nothingThere && (await quarantinedBeside(this.#path)).length === 0) return null
    // The damaged file stays where it is, so that the next run refuses too. Where this user may write nothing, there
    // is no second name, and nothing is lost by that.
    await quarantine(this.#path, this.#path, this.#clock.now()).catch(() => undefined)
    throw new AppError('store-damaged', 'cannot read the record of repos', {
      reason: `${this.#path}: ${damage}; its backup copy: ${backup.kind === 'damaged' ? backup.reason : 'it is missing'}`,
      hint: 'bring back what can be read with: borgboi store rebuild',
    })
  }

  /** @throws AppError `store-conflict` where the file is not what was read any more; `disk-full`, `file-denied` */
  async write(document: StoreDocument): Promise<void> {
    const replacesDamage = this.#main.kind === 'damaged'
    if (replacesDamage) await quarantine(this.#path, this.#path, this.#clock.now())
    try {
      await writeFileAtomic(this.#path, encodeStore(document), {
        // A damaged file must not take the place of the good backup copy.
        ...(replacesDamage ? {} : { backup: backupOf(this.#path) }),
        beforeCommit: async () => refuseConflict(this.#path, this.#main, this.#lost),
      })
    } catch (error) {
      // Whoever took our lock away has swept our temporary file too, and so kept us from writing over theirs.
      if (error instanceof AppError && systemCode(error.cause) === 'ENOENT') throw conflict()
      throw error
    }
  }
}
