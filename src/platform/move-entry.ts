// Moves one restored entry to its place: by rename, or, onto another file system, by a synced copy beside the place
// that is then renamed. Such a copy keeps content, links, mode, owner and time; access control lists and extended
// attributes, which Node cannot read, stay behind.

import { randomUUID } from 'node:crypto'
import { type BigIntStats, createReadStream } from 'node:fs'
import {
  chmod,
  chown,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises'
import { AppError } from '../errors.ts'
import { systemCode } from './files.ts'
import { basenameRaw, dirnameRaw, joinRaw, pathsOf } from './raw-paths.ts'

/**
 * To where nothing is, or in place of something that is not a directory. `links` remembers copies of files with several
 * names, by inode, so that their copies are one file as well.
 */
export async function moveEntry(
  from: Buffer,
  to: Buffer,
  facts: BigIntStats,
  links: Map<bigint, Buffer>,
): Promise<void> {
  try {
    // A directory gets a new "..", which its owner must be allowed to write.
    if (facts.isDirectory()) await withOwnerAccess(from, facts, () => rename(from, to), to)
    else await rename(from, to)
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
    if (facts.isDirectory()) await moveDirectoryAcross(from, to, facts, links)
    else await moveFileAcross(from, to, facts, links)
  }
}

async function moveDirectoryAcross(from: Buffer, to: Buffer, facts: BigIntStats, links: Map<bigint, Buffer>) {
  await mkdir(to, 0o700)
  await withOwnerAccess(from, facts, async () => {
    for await (const entry of pathsOf(from)) {
      await moveEntry(entry, joinRaw(to, basenameRaw(entry)), await lstat(entry, { bigint: true }), links)
    }
  })
  await applyAttributes(to, facts)
  await rmdir(from)
}

async function moveFileAcross(from: Buffer, to: Buffer, facts: BigIntStats, links: Map<bigint, Buffer>) {
  const copy = joinRaw(dirnameRaw(to), Buffer.from(`.borgboi-${randomUUID()}.tmp`))
  const sameFile = links.get(facts.ino)
  try {
    if (sameFile !== undefined) await link(sameFile, copy)
    else if (facts.isFile()) await copyFile(from, copy, facts)
    else if (facts.isSymbolicLink()) await copyLink(from, copy, facts)
    else throw specialFile(to)
    await rename(copy, to)
  } catch (error) {
    await rm(copy, { force: true })
    throw error
  }
  // The last name left has no others to come.
  if (facts.nlink > 1n) links.set(facts.ino, to)
  else links.delete(facts.ino)
  await unlink(from)
}

/** A new file, synced, with the attributes of `facts`. `content`: that of `from`, where the caller wants to see it go by. */
export async function copyFile(
  from: Buffer,
  to: Buffer,
  facts: BigIntStats,
  content: AsyncIterable<Uint8Array> = createReadStream(from),
): Promise<void> {
  // Readable by nobody else until it has its owner: with its mode alone it could be a set-uid program of root.
  const file = await open(to, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await whereAllowed(file.chown(Number(facts.uid), Number(facts.gid)))
    await whereAllowed(file.chmod(permissions(facts)))
    await file.utimes(seconds(facts.atimeNs), seconds(facts.mtimeNs))
    await file.sync()
  } finally {
    await file.close()
  }
}

async function copyLink(from: Buffer, to: Buffer, facts: BigIntStats): Promise<void> {
  await symlink(await readlink(from, { encoding: 'buffer' }), to)
  await whereAllowed(lchown(to, Number(facts.uid), Number(facts.gid)))
  await lutimes(to, seconds(facts.atimeNs), seconds(facts.mtimeNs))
}

/** Owner, mode and time of a directory, as far as this user may set them. */
export async function applyAttributes(directory: Buffer, facts: BigIntStats): Promise<void> {
  await whereAllowed(chown(directory, Number(facts.uid), Number(facts.gid)))
  await whereAllowed(chmod(directory, permissions(facts)))
  await whereAllowed(utimes(directory, seconds(facts.atimeNs), seconds(facts.mtimeNs)))
}

/** Runs `action` while the owner may do everything with a directory, and gives it its mode back, at `after` if moved. */
export async function withOwnerAccess<T>(
  path: Buffer,
  facts: BigIntStats,
  action: () => Promise<T>,
  after = path,
): Promise<T> {
  if ((facts.mode & OWNER_ALL) === OWNER_ALL) return await action()
  await chmod(path, permissions(facts) | Number(OWNER_ALL))
  let place = path
  try {
    const result = await action()
    place = after
    return result
  } finally {
    await chmod(place, permissions(facts))
  }
}

const OWNER_ALL = 0o700n

function permissions(facts: BigIntStats): number {
  return Number(facts.mode & 0o7777n)
}

function seconds(ns: bigint): number {
  return Number(ns) / 1e9
}

/** Only root gives files away, and only owners set modes and times: for others the rest of the restore counts. */
async function whereAllowed(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (systemCode(error) !== 'EPERM') throw error
  }
}

function specialFile(path: Buffer): AppError {
  return new AppError('file-unusable', `cannot restore ${path}`, {
    reason: 'it is a device or pipe, and its place is on another file system than the restored files',
    hint: 'restore it to a --destination on one file system, then move it',
  })
}
