// Files of borgboi's own: read whole, written atomically and durably. Foreign errors become AppErrors here, once.

import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import {
  access,
  lchown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../errors.ts'

/** The code of a Node system error (`ENOENT`), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What Node says of these is for programmers. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist, or a directory above it does not',
  ENOTDIR: 'a part of that path is no directory',
  EISDIR: 'it is a directory',
}

/** A system error as an AppError that names the path; other errors pass through. */
export function toFileError(error: unknown, attempt: string, path: string): unknown {
  const code = systemCode(error)
  if (error instanceof AppError || code === undefined) return error
  const message = `cannot ${attempt} ${path}`
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', message, {
      reason: code === 'EDQUOT' ? 'the disk quota of this user is used up' : 'no space is left on that disk',
      hint: `free some space on the disk of ${dirname(path)}, then run the same command again`,
      cause: error,
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new AppError('file-denied', message, {
      reason: code === 'EROFS' ? 'that file system is read-only' : 'this user may not do that',
      hint: `look at the owner and permissions with: ls -ld ${dirname(path)} ${path}`,
      cause: error,
    })
  }
  return new AppError('file-unusable', message, {
    reason: REASONS[code] ?? (error instanceof Error ? error.message : String(error)),
    hint: `look at it with: ls -ld ${path}`,
    cause: error,
  })
}

/** The text of a file, undefined where there is none. @throws AppError `file-denied`, `file-unusable` */
export async function readTextIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw toFileError(error, 'read', path)
  }
}

/** A link's own facts, undefined where there is nothing. */
export async function lstatIfAny(path: string): Promise<Stats | undefined> {
  return await absentAsUndefined(path, lstat(path))
}

/** Facts of what a path leads to, undefined where there is nothing. */
export async function statIfAny(path: string): Promise<Stats | undefined> {
  return await absentAsUndefined(path, stat(path))
}

/** @throws AppError `file-denied` where this user, or nobody, may make files in that directory */
export async function requireWritable(directory: string): Promise<void> {
  try {
    await access(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw toFileError(error, 'write into', directory)
  }
}

/** The path behind links; the path itself where there is nothing yet. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return path
    throw toFileError(error, 'look at', path)
  }
}

async function absentAsUndefined(path: string, facts: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await facts
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw toFileError(error, 'look at', path)
  }
}

/** Makes a directory and its parents, private to this user. */
export async function makePrivateDirectory(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true, mode: 0o700 })
    if (first !== undefined) await giveToOwnerOf(dirname(first), pathsBetween(first, path))
  } catch (error) {
    throw toFileError(error, 'make the directory', path)
  }
}

/** `first`, and every directory from there down to `last`. */
function pathsBetween(first: string, last: string): string[] {
  return last.length <= first.length ? [first] : [...pathsBetween(first, dirname(last)), last]
}

/** Under sudo the home is another user's: what root makes there belongs to the owner of the directory it is in. */
export async function giveToOwnerOf(directory: string, paths: readonly string[]): Promise<void> {
  if (process.geteuid?.() !== 0) return
  const { uid, gid } = await stat(directory)
  for (const path of paths) await lchown(path, uid, gid)
}

/** The content of a file, whole or in parts. */
type FileText = string | Uint8Array | Iterable<string>

/** A new file beside `path`, of a unique name and safely on disk, to be moved there. Nothing is left when it fails. */
export async function writeTemporary(path: string, text: FileText, mode = 0o600): Promise<string> {
  const directory = dirname(path)
  await makePrivateDirectory(directory)
  const temporary = join(directory, `.${basename(path)}.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await giveToOwnerOf(directory, [temporary])
    return temporary
  } catch (error) {
    await rm(temporary, { force: true })
    throw toFileError(error, 'write', path)
  }
}

export interface AtomicWrite {
  readonly mode?: number
  /** Keep what was there under this name. */
  readonly backup?: string
  /** Called when the new file is safely on disk and only the rename is left; throwing calls the write off. */
  readonly beforeCommit?: () => Promise<void>
}

/**
 * Replaces a file so that a reader, a crash or a full disk leaves the old or the new text, whole: unique temporary
 * file in the same directory, fsync, rename, fsync of the directory. Makes the directory when it is missing.
 * @throws AppError `disk-full`, `file-denied`, `file-unusable`; the old file is untouched then
 */
export async function writeFileAtomic(path: string, text: FileText, options: AtomicWrite = {}): Promise<void> {
  const temporary = await writeTemporary(path, text, options.mode)
  try {
    await options.beforeCommit?.()
    if (options.backup !== undefined) await keepBackup(path, options.backup)
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw toFileError(error, 'write', path)
  }
}

/** A hard link under the backup's name, itself put there by rename, so that a backup exists at every moment. */
async function keepBackup(path: string, backup: string): Promise<void> {
  const fresh = `${backup}.${randomUUID()}.tmp`
  try {
    await link(path, fresh)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  await rename(fresh, backup)
}

/** Makes renames in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** The names in a directory, undefined where there is none. */
export async function listIfAny(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw toFileError(error, 'list', path)
  }
}
