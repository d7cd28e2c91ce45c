// The directory that is a lock, as the file system that proper-lockfile works on. The directory holds one owner file
// whose name is unique to one holding: whoever clears away a dead owner can never hit a live one.
//
// Every crash leaves something the next process gets past: a staging directory nobody looks at (swept later), a lock
// whose owner is provably dead, or an empty lock directory, which a rename replaces.

import { randomUUID } from 'node:crypto'
import { rmdirSync, unlinkSync } from 'node:fs'
import { mkdir, readFile, rename, rm, rmdir, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { callbackify } from 'node:util'
import { listIfAny, systemCode } from './files.ts'
import { type Liveness, livenessOf, type ProcessIdentity } from './process-identity.ts'

/** Who holds a lock, as far as it can be told. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** `backup daily`, `borg create`. */
  readonly purpose: string
  readonly since: Date
}

/** An owner of an earlier boot is dead once it has not refreshed its file for this long: three missed refreshes. */
const OTHER_BOOT_QUIET_MS = 30_000
/** A staging directory lives for milliseconds; one this old is what a crash left. */
const STAGING_ABANDONED_MS = 600_000

/** What an owner file says. */
interface Owner extends ProcessIdentity {
  readonly purpose: string
  readonly since: string
}

/** What a lock directory holds: nothing (also where it does not exist), or files, one of them an owner as a rule. */
interface Occupant {
  readonly files: readonly string[]
  readonly liveness: Liveness
}

export class LockDirectory {
  readonly #path: string
  readonly #owner: Owner
  readonly #ownFile: string
  #held = false
  /** Who held the lock when it was last found taken. */
  #occupant: Occupant | undefined

  constructor(path: string, identity: ProcessIdentity, purpose: string, since: Date) {
    this.#path = path
    this.#owner = { ...identity, purpose, since: since.toISOString() }
    this.#ownFile = `${identity.pid}.${randomUUID()}.json`
  }

  /** The functions proper-lockfile calls, on the lock's path, which it hands in and which we know. */
  get fs() {
    const withPath =
      <T>(act: () => Promise<T>) =>
      (_path: string, callback: (error: NodeJS.ErrnoException | null, value: T) => void) =>
        callbackify(act)(callback)
    return {
      mkdir: withPath(() => this.#take()),
      rmdir: withPath(() => this.clear()),
      stat: withPath(() => this.#facts()),
      utimes: (
        _path: string,
        accessed: Date,
        modified: Date,
        callback: (error: NodeJS.ErrnoException | null) => void,
      ) => callbackify(utimes)(this.#pathOf(this.#ownFile), accessed, modified, callback),
      rmdirSync: () => this.#clearAtExit(),
    }
  }

  /** Moves a directory with our owner file onto the lock's path: that fails while a file is in the one there. */
  async #take(): Promise<void> {
    this.#occupant = await this.#look()
    if (this.#occupant.files.length > 0) {
      if (this.#occupant.liveness !== 'dead') throw taken()
      await this.#unlinkAll(this.#occupant.files)
    }
    const staging = `${this.#path}.${randomUUID()}.tmp`
    try {
      await mkdir(staging, { mode: 0o700 })
      await writeFile(join(staging, this.#ownFile), JSON.stringify(this.#owner), { mode: 0o600 })
      await rename(staging, this.#path)
    } catch (error) {
      await rm(staging, { recursive: true, force: true })
      // ENOENT: somebody with a very different clock swept our staging directory. Another try makes a new one.
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) {
        this.#occupant = undefined
        throw taken()
      }
      throw error
    }
    this.#held = true
  }

  /**
   * Gives the lock up, or, where it is not ours, clears away the owner that was found to be stale. Only files that
   * were seen are removed, so a holder that came in between stays.
   */
  async clear(): Promise<void> {
    const files = this.#held ? [this.#ownFile] : (this.#occupant?.files ?? [])
    this.#held = false
    await this.#unlinkAll(files)
    await unless(['ENOENT', 'ENOTEMPTY', 'EEXIST'], rmdir(this.#path))
  }

  /** As `clear`, for a process that is about to exit and can wait for nothing. */
  #clearAtExit(): void {
    if (!this.#held) return
    unlinkSync(this.#pathOf(this.#ownFile))
    rmdirSync(this.#path)
  }

  /**
   * The age of the holding is that of its owner file. An owner that provably runs never looks old, however long its
   * machine slept: there must not be two.
   */
  async #facts(): Promise<{ readonly mtime: Date }> {
    if (this.#held) return await stat(this.#pathOf(this.#ownFile))
    if (this.#occupant?.liveness === 'alive') return { mtime: new Date() }
    return await stat(this.#pathOf(this.#occupant?.files[0] ?? '.'))
  }

  async #look(): Promise<Occupant> {
    const files = (await listIfAny(this.#path)) ?? []
    const owner = files.length === 1 ? await readOwner(this.#pathOf(files[0] ?? '')) : undefined
    if (owner === undefined) return { files, liveness: 'unknown' }
    const liveness = await livenessOf(owner, this.#owner)
    return { files, liveness: liveness === 'other-boot' ? await this.#ofOtherBoot(files) : liveness }
  }

  async #ofOtherBoot(files: readonly string[]): Promise<Liveness> {
    const facts = await unless(['ENOENT'], stat(this.#pathOf(files[0] ?? '')))
    const quietMs = Date.now() - (facts?.mtimeMs ?? 0)
    return quietMs > OTHER_BOOT_QUIET_MS ? 'dead' : 'unknown'
  }

  async #unlinkAll(files: readonly string[]): Promise<void> {
    for (const file of files) await unless(['ENOENT'], unlink(this.#pathOf(file)))
  }

  #pathOf(file: string): string {
    return join(this.#path, file)
  }
}

/** Whether somebody has the lock at `path` who is not provably gone. */
export async function isHeldAt(path: string, self: ProcessIdentity): Promise<boolean> {
  const [file] = (await listIfAny(path)) ?? []
  if (file === undefined) return false
  const owner = await readOwner(join(path, file))
  return owner === undefined || !['dead', 'other-boot'].includes(await livenessOf(owner, self))
}

/** Who holds the lock at `path`, undefined where nobody does or nobody can tell. */
export async function readLockHolder(path: string): Promise<LockHolder | undefined> {
  const [file] = (await listIfAny(path)) ?? []
  const owner = file === undefined ? undefined : await readOwner(join(path, file))
  return owner && { pid: owner.pid, host: owner.host, purpose: owner.purpose, since: new Date(owner.since) }
}

/** Removes staging directories that crashed processes left beside the lock. @throws AppError `file-denied`, `file-unusable` */
export async function sweepStaging(path: string): Promise<void> {
  const prefix = `${basename(path)}.`
  for (const name of (await listIfAny(dirname(path))) ?? []) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue
    const staging = join(dirname(path), name)
    const facts = await unless(['ENOENT'], stat(staging))
    if (facts !== undefined && facts.mtimeMs < Date.now() - STAGING_ABANDONED_MS) {
      await rm(staging, { recursive: true, force: true })
    }
  }
}

/** Undefined for a file that is gone or says nothing of use: its holder's age decides then. */
async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await unless(['ENOENT'], readFile(path, 'utf8'))
  try {
    const owner: Partial<Owner> | null = JSON.parse(text ?? 'null')
    const usable =
      typeof owner?.pid === 'number' &&
      Number.isInteger(owner.pid) &&
      owner.pid > 0 &&
      typeof owner.host === 'string' &&
      typeof owner.purpose === 'string' &&
      typeof owner.since === 'string' &&
      !Number.isNaN(Date.parse(owner.since))
    return usable ? (owner as Owner) : undefined
  } catch {
    return undefined
  }
}

/** The result, or undefined where it failed with one of these codes. */
async function unless<T>(codes: readonly string[], result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (error) {
    if (codes.includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}

function taken(): Error {
  return Object.assign(new Error('the lock is held'), { code: 'EEXIST' })
}
