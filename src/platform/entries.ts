// Entries of borgboi's own directories: bytes of files, second names for them, and their removal.

import { readFileSync } from 'node:fs'
import { link, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { listIfAny, lstatIfAny, syncDirectory, systemCode, toFileError } from './files.ts'

/**
 * The bytes of a file, undefined where there is none. Read in one go while nothing else happens: for the megabytes of
 * a large store that takes half the time, and every command waits for it. @throws AppError `file-denied`, `file-unusable`
 */
export function readBytesIfAny(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw toFileError(error, 'read', path)
  }
}

/**
 * Gives a file a second name beside it, which costs no space, and returns it: `name`, or that with `-2`, `-3`, … where
 * it is taken. A file that has a name starting with `prefix` already keeps it; where there is no file, there is nothing
 * to name. @throws AppError `file-denied`, `file-unusable`
 */
export async function keepUnderName(path: string, prefix: string, name: string): Promise<string | undefined> {
  const directory = dirname(path)
  const facts = await lstatIfAny(path)
  if (facts === undefined) return undefined
  for (const other of (await listIfAny(directory)) ?? []) {
    const kept = join(directory, other)
    if (other.startsWith(prefix) && (await lstatIfAny(kept))?.ino === facts.ino) return kept
  }
  for (let copy = 1; ; copy++) {
    const kept = join(directory, copy === 1 ? name : `${name}-${copy}`)
    try {
      await link(path, kept)
      await syncDirectory(directory)
      return kept
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw toFileError(error, 'keep a copy of', path)
    }
  }
}

/** Removes a file; not there is fine. @throws AppError `file-denied`, `file-unusable` */
export async function removeFileIfAny(path: string): Promise<void> {
  try {
    await rm(path, { force: true })
  } catch (error) {
    throw toFileError(error, 'remove', path)
  }
}

/** Renames a file, over another of that name; false where there is none to rename. @throws AppError as for files */
export async function renameIfAny(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw toFileError(error, 'rename', from)
  }
}
