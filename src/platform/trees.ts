// Directories of plain files that borgboi fills, compares and moves into place: no link is ever followed, nothing that
// exists is ever written over, and what is finished is on disk.

import { constants, type Stats } from 'node:fs'
import { link, lstat, mkdir, open, opendir, readlink, rename, rm, statfs, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { DiskSpace } from '../deps.ts'
import { lstatIfAny, syncDirectory, systemCode, toFileError } from './files.ts'
import { OTHERS_BITS } from './secret-file.ts'
import { effectiveUid } from './user.ts'

/** An entry of a tree that is no directory. */
export interface TreeFile {
  /** From the tree's root, with slashes. */
  readonly path: string
  /** Anything else is a link, a pipe, a device. */
  readonly isFile: boolean
  readonly size: number
  readonly mtimeMs: number
  readonly inode: number
}

/** Every file and every directory below `root`, in no order; links are listed, not followed. */
export async function readTree(root: string): Promise<{ files: Map<string, TreeFile>; directories: string[] }> {
  const files = new Map<string, TreeFile>()
  const directories: string[] = []
  const visit = async (prefix: string): Promise<void> => {
    for await (const { name } of await opendir(join(root, prefix))) {
      const path = prefix === '' ? name : `${prefix}/${name}`
      const facts = await lstat(join(root, path))
      if (facts.isDirectory()) {
        directories.push(path)
        await visit(path)
      } else files.set(path, treeFile(path, facts))
    }
  }
  try {
    await visit('')
  } catch (error) {
    throw toFileError(error, 'read the directory', root)
  }
  return { files, directories }
}

function treeFile(path: string, facts: Stats): TreeFile {
  const { size, mtimeMs, ino } = facts
  return { path, isFile: facts.isFile(), size, mtimeMs, inode: ino }
}

/** Writes a new 0600 file whole, or leaves none. @throws AppError; what `bytes` throws */
export async function writeNewFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
    const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    try {
      for await (const part of bytes) await file.writeFile(part)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') await rm(path, { force: true })
    throw toFileError(error, 'write', path)
  }
}

/** The bytes of a regular file that is no link. The memory of a part is used again for a later one. */
export async function* readPlainFile(path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length)
        if (bytesRead === 0) return
        yield buffer.subarray(0, bytesRead)
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    throw toFileError(error, 'read', path)
  }
}

const READ_BYTES = 256 * 1024

/** A new directory for this user alone; false where something has that name. */
export async function makeNewDirectory(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw toFileError(error, 'make the directory', path)
  }
}

/** A directory, no link to one, that only this user can have put anything into. */
export async function isOwnDirectory(path: string): Promise<boolean> {
  const facts = await lstatIfAny(path)
  return facts?.isDirectory() === true && facts.uid === effectiveUid() && (facts.mode & OTHERS_BITS) === 0
}

/** Renames a file or directory within its disk; durable after `syncDirectory` of the directories. */
export async function renameEntry(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    throw toFileError(error, `rename ${from} to`, to)
  }
}

/** As `renameEntry`; false where it would lead to another disk, or from where one is mounted. */
export async function renameWithinDisk(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (['EXDEV', 'EBUSY'].includes(systemCode(error) ?? '')) return false
    throw toFileError(error, `rename ${from} to`, to)
  }
}

/** A second name of a file. */
export async function linkFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    throw toFileError(error, `link ${from} to`, to)
  }
}

/** Removes a file or a whole tree, links as links; not there is fine. */
export async function removeEntry(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true })
  } catch (error) {
    throw toFileError(error, 'remove', path)
  }
}

/**
 * A new directory in which the files of `from` seem to be: directories of its own, and in them links to the files whose
 * paths `isWanted` names. What is made or removed there leaves `from` as it is. Not durable.
 */
export async function viewTree(from: string, to: string, isWanted: (path: string) => boolean): Promise<void> {
  const { files, directories } = await readTree(from)
  try {
    await mkdir(to, { mode: 0o700 })
    // Every directory stands before those in it.
    for (const path of directories) await mkdir(join(to, path), { mode: 0o700 })
    for (const path of files.keys()) if (isWanted(path)) await symlink(join(from, path), join(to, path))
  } catch (error) {
    throw toFileError(error, 'write', to)
  }
}

/** Makes the symbolic link `path` lead to `target`, whatever it led to before, in one step and durably. */
export async function pointLink(path: string, target: string): Promise<void> {
  const fresh = join(dirname(path), `.${basename(path)}.next`)
  try {
    await rm(fresh, { force: true })
    await symlink(target, fresh)
    await rename(fresh, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    throw toFileError(error, 'point the link', path)
  }
}

/** Where a symbolic link leads, letter for letter; undefined where there is none. */
export async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return await readlink(path)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'EINVAL') return undefined
    throw toFileError(error, 'read the link', path)
  }
}

/** Bytes that this user may still write to the disk of `path`. */
export async function freeBytes(path: string): Promise<number> {
  return (await diskSpace(path)).freeBytes
}

/** Of the disk that `path` is on, or where there is nothing yet its nearest parent. */
export async function diskSpace(path: string): Promise<DiskSpace> {
  try {
    const { bavail, blocks, bsize } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && dirname(path) !== path) return await diskSpace(dirname(path))
    throw toFileError(error, 'look at the disk of', path)
  }
}

/** Makes every name in a tree durable, its root included. The files have to be on disk already. */
export async function syncTree(root: string, directories: readonly string[]): Promise<void> {
  try {
    for (const path of directories) await syncDirectory(join(root, path))
    await syncDirectory(root)
  } catch (error) {
    throw toFileError(error, 'write', root)
  }
}
