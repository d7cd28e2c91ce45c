// Copies a directory of plain files to another file system, so that it can be cut off anywhere and gone on with: each
// file gets its name when it is whole, on disk and read back. What is there under its name already, in size and time as
// the original, was copied so and is not copied again.

import { createHash, hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { hashFileIfAny } from './file-content.ts'
import { toFileError } from './files.ts'
import { applyAttributes, copyFile } from './move-entry.ts'
import { freeBytes, readTree, removeEntry, renameEntry, syncTree, type TreeFile } from './trees.ts'

/** A directory as it was when it was looked at. */
export interface SurveyedTree {
  readonly files: ReadonlyMap<string, TreeFile>
  /** Parents before what is in them. */
  readonly directories: readonly string[]
  readonly bytes: number
  /** The same for two trees whose files have the same paths, sizes and times. */
  readonly fingerprint: string
}

export interface CopyProgress {
  readonly files: number
  readonly bytes: number
}

export interface CopyOptions {
  readonly onProgress?: (progress: CopyProgress) => void
  /** Asked again and again; what it throws ends the copying. */
  readonly check?: () => void
}

/** Bytes that a file takes on disk besides its content, at most: the rest of its last block, its name. */
const OVERHEAD_PER_FILE = 4096
const PART = '.borgboi-part'

/** `isOmitted`: entries of the root that are none of it. */
export async function surveyTree(root: string, isOmitted: (name: string) => boolean): Promise<SurveyedTree> {
  const tree = await readTree(root)
  const isPart = (path: string) => !isOmitted(path.split('/', 1)[0] ?? '')
  const files = new Map([...tree.files].filter(([path]) => isPart(path)).sort(([a], [b]) => (a < b ? -1 : 1)))
  const list = [...files.values()]
  return {
    files,
    directories: tree.directories.filter(isPart),
    bytes: list.reduce((bytes, { size }) => bytes + size, 0),
    fingerprint: hash('sha256', list.map(({ path, size, mtimeMs }) => `${path}\0${size}\0${mtimeMs}\n`).join('')),
  }
}

/** @throws AppError `file-unusable` for anything but files and directories, which cannot be copied here */
export function requirePlain(root: string, { files }: SurveyedTree): void {
  for (const { path, isFile } of files.values()) if (!isFile) throw notPlain(join(root, path))
}

/** Makes `to`, whose parent exists, the same as the tree surveyed at `from`, durably. @throws AppError `disk-full`, before anything is written if it can be told */
export async function copyTree(from: string, tree: SurveyedTree, to: string, options: CopyOptions): Promise<void> {
  await makeDirectory(to)
  const missing = await dropOthers(tree, to)
  await requireSpace(to, missing)
  for (const path of tree.directories) await makeDirectory(join(to, path))
  const there = tree.files.size - missing.length
  const progress = { files: there, bytes: tree.bytes - bytesOf(missing) }
  for (const { path } of missing) {
    await copyWhole(join(from, path), to, path, {
      ...options,
      onBytes: (bytes) => options.onProgress?.({ files: progress.files, bytes: progress.bytes + bytes }),
    })
    progress.files++
    progress.bytes += tree.files.get(path)?.size ?? 0
  }
  await sameAttributes(from, to, ['', ...tree.directories])
  await syncTree(to, tree.directories)
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw toFileError(error, 'make the directory', path)
  }
}

/** Removes what is no whole copy of a file of the tree. Resolves to the files that are missing. */
async function dropOthers({ files, directories }: SurveyedTree, to: string): Promise<TreeFile[]> {
  const there = await readTree(to)
  const wanted = new Set(directories)
  for (const path of there.directories) if (!wanted.has(path)) await removeEntry(join(to, path))
  const missing = new Map(files)
  for (const [path, { isFile, size, mtimeMs }] of there.files) {
    const original = files.get(path)
    if (isFile && original?.size === size && Math.abs(original.mtimeMs - mtimeMs) < 1) missing.delete(path)
    else await removeEntry(join(to, path))
  }
  return [...missing.values()]
}

async function requireSpace(to: string, missing: readonly TreeFile[]): Promise<void> {
  requireRoom(to, bytesOf(missing) + missing.length * OVERHEAD_PER_FILE, await freeBytes(to))
}

/** What a tree takes on a disk, at most. */
export function spaceFor({ files, bytes }: SurveyedTree): number {
  return bytes + files.size * OVERHEAD_PER_FILE
}

/** @throws AppError `disk-full` */
export function requireRoom(path: string, neededBytes: number, availableBytes: number): void {
  if (neededBytes <= availableBytes) return
  throw new AppError('disk-full', `cannot copy to ${path}`, {
    reason: `${neededBytes} bytes are needed, and the disk has ${availableBytes} left`,
    hint: 'free some space there, or name a directory on another disk',
    context: { neededBytes, availableBytes },
  })
}

function bytesOf(files: readonly TreeFile[]): number {
  return files.reduce((bytes, { size }) => bytes + size, 0)
}

interface CopyWholeOptions extends Pick<CopyOptions, 'check'> {
  readonly onBytes: (bytes: number) => void
}

async function copyWhole(
  from: string,
  root: string,
  path: string,
  { check, onBytes }: CopyWholeOptions,
): Promise<void> {
  const part = join(root, PART)
  const digest = createHash('sha256')
  let bytes = 0
  async function* content() {
    for await (const chunk of createReadStream(from)) {
      check?.()
      digest.update(chunk)
      bytes += chunk.length
      onBytes(bytes)
      yield chunk
    }
  }
  try {
    await removeEntry(part)
    await copyFile(Buffer.from(from), Buffer.from(part), await lstat(from, { bigint: true }), content())
  } catch (error) {
    throw toFileError(error, `copy ${from} to`, root)
  }
  const copied = await hashFileIfAny(part, check === undefined ? {} : { check })
  if (copied?.sha256 !== digest.digest('hex')) {
    throw new AppError('file-unusable', `cannot copy ${from} to ${root}`, {
      reason: 'what was read back is not what was written',
      hint: 'check the disk; the original is as it was',
    })
  }
  await renameEntry(part, join(root, path))
}

/** Times of directories change with what is made in them: the innermost first, after everything. */
async function sameAttributes(from: string, to: string, directories: readonly string[]): Promise<void> {
  try {
    for (const path of directories.toReversed()) {
      await applyAttributes(Buffer.from(join(to, path)), await lstat(join(from, path), { bigint: true }))
    }
  } catch (error) {
    throw toFileError(error, 'set the attributes of', to)
  }
}

function notPlain(path: string): AppError {
  return new AppError('file-unusable', `cannot copy ${dirname(path)}`, {
    reason: `${path} is neither a file nor a directory`,
    hint: `look at it with: ls -l ${path}`,
  })
}
