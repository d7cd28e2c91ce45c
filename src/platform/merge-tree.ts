// Moves a restored tree into a place that may have files already: entry by entry, each by rename, so that an
// interruption leaves every file old or new and another run goes on where this one stopped. Links are entries, never
// ways; names are bytes.

import type { BigIntStats } from 'node:fs'
import { lstat, readlink, realpath, rmdir, unlink } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import type { MergeResult, OverwritePolicy } from '../model/overwrite.ts'
import { systemCode, toFileError } from './files.ts'
import { applyAttributes, moveEntry, withOwnerAccess } from './move-entry.ts'
import { basenameRaw, entriesOf, joinRaw, pathsOf } from './raw-paths.ts'

interface Merge {
  readonly policy: OverwritePolicy
  readonly dryRun: boolean
  /** The destination without links: nothing is written outside it. */
  readonly root: Buffer
  /** When the restored tree was begun. */
  readonly begunNs: bigint
  readonly counts: { -readonly [key in keyof MergeResult]: MergeResult[key] }
  /** Where files with several names went on another file system, by inode. */
  readonly links: Map<bigint, Buffer>
}

/** @throws AppError `file-unusable`, `file-denied`, `disk-full`; what was moved until then stays moved */
export async function mergeTree(from: string, to: string, policy: OverwritePolicy): Promise<MergeResult> {
  return await merge(from, to, policy, false)
}

/** @throws AppError where `mergeTree` would refuse */
export async function previewMergeTree(from: string, to: string, policy: OverwritePolicy): Promise<MergeResult> {
  return await merge(from, to, policy, true)
}

async function merge(from: string, to: string, policy: OverwritePolicy, dryRun: boolean): Promise<MergeResult> {
  try {
    const source = Buffer.from(from)
    const { birthtimeNs: begunNs } = await lstat(source, { bigint: true })
    const root = await realpath(to, { encoding: 'buffer' })
    const counts = { created: 0, replaced: 0, kept: 0 }
    await mergeEntries({ policy, dryRun, root, begunNs, counts, links: new Map() }, source, root)
    return counts
  } catch (error) {
    throw toFileError(error, 'restore into', to)
  }
}

async function mergeEntries(merge: Merge, from: Buffer, to: Buffer): Promise<void> {
  for await (const source of pathsOf(from)) {
    const target = joinRaw(to, basenameRaw(source))
    try {
      await mergeEntry(merge, source, target)
    } catch (error) {
      throw toFileError(error, 'restore', target.toString())
    }
  }
}

async function mergeEntry(merge: Merge, from: Buffer, to: Buffer): Promise<void> {
  const { counts, policy } = merge
  const source = await lstat(from, { bigint: true })
  const target = await factsIfAny(to)
  if (target === undefined) {
    counts.created += await countFiles(from, source)
    await act(merge, () => moveEntry(from, to, source, merge.links))
  } else if (source.isDirectory()) {
    await mergeDirectory(merge, from, to, source, target)
  } else if (target.isDirectory() ? policy !== 'always' : await isKept(policy, from, source, to, target)) {
    counts.kept += 1
  } else {
    if (target.isDirectory()) await clearDirectory(merge, to)
    counts.replaced += 1
    await act(merge, () => moveEntry(from, to, source, merge.links))
  }
}

async function mergeDirectory(merge: Merge, from: Buffer, to: Buffer, source: BigIntStats, target: BigIntStats) {
  const directory = target.isDirectory() ? to : await directoryBehind(merge, to)
  if (directory !== undefined) {
    await withOwnerAccess(from, source, () => mergeEntries(merge, from, directory))
    if (merge.dryRun) return
    await removeIfEmpty(from)
    // Directories above what was restored are not in the archive: Borg made them, after the restore began, with
    // attributes of its own. Theirs must not reach a directory such as /home.
    const isRestored = source.mtimeNs < merge.begunNs
    if (merge.policy !== 'never' && isRestored && target.isDirectory()) await applyAttributes(directory, source)
    return
  }
  const files = await countFiles(from, source)
  if (merge.policy !== 'always') {
    merge.counts.kept += files
    return
  }
  merge.counts.replaced += 1
  merge.counts.created += files
  await act(merge, async () => {
    await unlink(to)
    await moveEntry(from, to, source, merge.links)
  })
}

/**
 * The directory that a link in the destination leads to; undefined where it leads to something else.
 * @throws AppError `file-unusable` when it is outside the destination
 */
async function directoryBehind(merge: Merge, link: Buffer): Promise<Buffer | undefined> {
  const directory = await realPathIfAny(link)
  if (directory === undefined || !(await lstat(directory)).isDirectory()) return undefined
  const root = merge.root.toString('latin1')
  if (`${directory.toString('latin1')}/`.startsWith(root === '/' ? root : `${root}/`)) return directory
  throw new AppError('file-unusable', `did not restore into ${link}`, {
    reason: `it is a link that leads out of ${merge.root}, to ${directory}`,
    hint: 'restore to another --destination, or remove the link',
  })
}

/** Is what is there left as it is? */
async function isKept(policy: OverwritePolicy, from: Buffer, source: BigIntStats, to: Buffer, target: BigIntStats) {
  // Renaming one name of a file over another name of it does nothing.
  if (policy === 'never' || (source.ino === target.ino && source.dev === target.dev)) return true
  if (policy === 'always' || (source.mode & FILE_TYPE) !== (target.mode & FILE_TYPE)) return false
  if (source.isSymbolicLink()) {
    return (await readlink(from, { encoding: 'buffer' })).equals(await readlink(to, { encoding: 'buffer' }))
  }
  if (!source.isFile()) return source.rdev === target.rdev
  const apartNs = source.mtimeNs - target.mtimeNs
  return source.size === target.size && apartNs < TIME_GRAIN_NS && -apartNs < TIME_GRAIN_NS
}

const FILE_TYPE = 0o170000n
/** Node sets times as floating-point seconds, about a quarter of a microsecond apart in this century. */
const TIME_GRAIN_NS = 1000n

/** @throws AppError `file-unusable` for a directory that has entries: a restore deletes none of those */
async function clearDirectory(merge: Merge, path: Buffer): Promise<void> {
  for await (const _ of entriesOf(path)) {
    throw new AppError('file-unusable', `did not replace the directory ${path} by a file`, {
      reason: 'there are files in it that are not in the archive at this place',
      hint: 'move the directory away, or restore to another --destination',
    })
  }
  await act(merge, () => rmdir(path))
}

async function countFiles(path: Buffer, facts: BigIntStats): Promise<number> {
  if (!facts.isDirectory()) return 1
  return await withOwnerAccess(path, facts, async () => {
    let files = 0
    for await (const entry of entriesOf(path)) {
      const below = joinRaw(path, entry.name)
      files += entry.isDirectory ? await countFiles(below, await lstat(below, { bigint: true })) : 1
    }
    return files
  })
}

async function act(merge: Merge, action: () => Promise<void>): Promise<void> {
  if (!merge.dryRun) await action()
}

async function removeIfEmpty(path: Buffer): Promise<void> {
  try {
    await rmdir(path)
  } catch (error) {
    // Entries that were kept are still in it.
    if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error
  }
}

async function factsIfAny(path: Buffer): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true })
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Undefined for a link that leads nowhere or in circles. */
async function realPathIfAny(path: Buffer): Promise<Buffer | undefined> {
  try {
    return await realpath(path, { encoding: 'buffer' })
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
