// Files and pipes that hold a secret: read through one open file, so that what was checked is what is read; made in
// one step, so that no moment shows half of it or shows it to others. What the findings mean is said elsewhere.

import { constants, createReadStream, type Stats } from 'node:fs'
import { chmod, type FileHandle, link, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory, systemCode, toFileError, writeTemporary } from './files.ts'
import { effectiveUid } from './user.ts'

/** Permission bits of everyone but the owner. */
export const OTHERS_BITS = 0o077

export type SecretFile =
  | { readonly state: 'missing' }
  | { readonly state: 'link' | 'directory' | 'not-a-file' | 'too-big' | 'denied' }
  /** It belongs to a user who is not trusted. */
  | { readonly state: 'foreign'; readonly uid: number }
  /** Others may read or write it, and this user cannot change that. */
  | { readonly state: 'exposed'; readonly mode: number }
  | {
      readonly state: 'read'
      readonly bytes: Uint8Array
      /** The permissions it had, where they were open to others and have been closed to 0600. */
      readonly closedMode?: number
    }

export interface SecretFileRules {
  readonly maxBytes: number
  readonly trustedUids: readonly number[]
}

/** Reads a small regular file that only its owner may read, closing its permissions first where they are open. */
export async function readSecretFile(path: string, rules: SecretFileRules): Promise<SecretFile> {
  let file: FileHandle
  try {
    // Not blocking: opening a FIFO would wait for its writer.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    return { state: stateOf(error, path) }
  }
  try {
    const facts = await file.stat()
    if (facts.isDirectory()) return { state: 'directory' }
    if (!facts.isFile()) return { state: 'not-a-file' }
    if (!rules.trustedUids.includes(facts.uid)) return { state: 'foreign', uid: facts.uid }
    const mode = facts.mode & 0o7777
    const isOpen = (mode & OTHERS_BITS) !== 0
    if (isOpen && !(await closeToOthers(file, facts))) return { state: 'exposed', mode }

    const buffer = new Uint8Array(rules.maxBytes + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = (await file.read(buffer, length, buffer.length - length)).bytesRead
    }
    if (length > rules.maxBytes) return { state: 'too-big' }
    return { state: 'read', bytes: buffer.subarray(0, length), ...(isOpen ? { closedMode: mode } : {}) }
  } catch (error) {
    throw toFileError(error, 'read', path)
  } finally {
    await file.close()
  }
}

function stateOf(error: unknown, path: string): 'missing' | 'link' | 'not-a-file' | 'denied' {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'missing'
    case 'ELOOP':
      return 'link'
    case 'EACCES':
    case 'EPERM':
      return 'denied'
    case 'ENXIO':
      return 'not-a-file'
    default:
      throw toFileError(error, 'read', path)
  }
}

async function closeToOthers(file: FileHandle, facts: Stats): Promise<boolean> {
  const uid = effectiveUid()
  if (uid !== 0 && facts.uid !== uid) return false
  try {
    await file.chmod(0o600)
    return true
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EPERM' || code === 'EROFS' || code === 'EACCES') return false
    throw error
  }
}

/**
 * Makes a 0600 file in a 0700 directory, whole or not at all, durable. False where something has that name already,
 * which is left as it is. @throws AppError `disk-full`, `file-denied`, `file-unusable`
 */
export async function createSecretFile(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text)
  try {
    // A link, unlike a rename, never replaces what is there.
    await link(temporary, path)
    await syncDirectory(dirname(path))
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw toFileError(error, 'write', path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Removes a file, durably; not there is fine. @throws AppError `file-denied`, `file-unusable` */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path)
    await syncDirectory(dirname(path))
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw toFileError(error, 'remove', path)
  }
}

/** Closes a directory to everyone but its owner; the permissions it had, where they were open. Not there is fine. */
export async function closeDirectory(path: string): Promise<number | undefined> {
  try {
    const mode = (await stat(path)).mode & 0o7777
    if ((mode & OTHERS_BITS) === 0) return undefined
    await chmod(path, 0o700)
    return mode
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw toFileError(error, 'change the permissions of', path)
  }
}

/** Everything an inherited file descriptor gives up to its end; undefined when that is more than `maxBytes`. */
export async function readDescriptor(fd: number, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of createReadStream('', { fd, autoClose: false })) {
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length > maxBytes) return undefined
    }
  } catch (error) {
    throw toFileError(error, 'read', `file descriptor ${fd}`)
  }
  return Buffer.concat(chunks)
}
