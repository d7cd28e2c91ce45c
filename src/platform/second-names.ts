// Files that go from one name to another by way of having both, so that at every moment one of them leads to the file.

import { link, rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { listIfAny, lstatIfAny, makePrivateDirectory, syncDirectory, systemCode, toFileError } from './files.ts'

/**
 * Gives files second names, durably. Where there is no file, or it has that name already, nothing changes.
 * @throws AppError `file-unusable` where another file has the name
 */
export async function shareFiles(pairs: readonly (readonly [from: string, to: string])[]): Promise<void> {
  const changed = new Set<string>()
  for (const [from, to] of pairs) if (await shareFile(from, to)) changed.add(dirname(to))
  for (const directory of changed) await syncDirectory(directory)
}

/** Takes the first name from files that have the second besides, durably. Resolves to how many there were. */
export async function unshareFiles(pairs: readonly (readonly [from: string, to: string])[]): Promise<number> {
  const changed: string[] = []
  for (const [from, to] of pairs) if (await unshareFile(from, to)) changed.push(dirname(from))
  for (const directory of new Set(changed)) await syncDirectory(directory)
  return changed.length
}

/** As `shareFiles`, of everything in a directory. */
export async function shareFilesIn(from: string, to: string): Promise<void> {
  await shareFiles(await sameNamesIn(from, to))
}

/** As `unshareFiles`, of everything in a directory, which goes too once nothing is left in it. */
export async function unshareFilesIn(from: string, to: string): Promise<number> {
  const removed = await unshareFiles(await sameNamesIn(from, to))
  await removeIfEmpty(from)
  return removed
}

/** What is in one directory, with the place it would have in another. */
async function sameNamesIn(from: string, to: string): Promise<(readonly [from: string, to: string])[]> {
  return ((await listIfAny(from)) ?? []).map((name) => [join(from, name), join(to, name)])
}

/** Removes a directory that nothing is in, durably; one that is not there or not empty stays as it is. */
export async function removeIfEmpty(path: string): Promise<void> {
  try {
    await rmdir(path)
    await syncDirectory(dirname(path))
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) {
      throw toFileError(error, 'remove', path)
    }
  }
}

async function shareFile(from: string, to: string): Promise<boolean> {
  const facts = await lstatIfAny(from)
  if (facts === undefined) return false
  await makePrivateDirectory(dirname(to))
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw toFileError(error, `give ${basename(from)} also the name`, to)
    const there = await lstatIfAny(to)
    if (there?.ino === facts.ino && there.dev === facts.dev) return false
    throw new AppError('file-unusable', `cannot give ${from} also the name ${to}`, {
      reason: 'another file has that name, perhaps the only one of its kind',
      hint: `if it is needed no more: mv ${to} ${to}.old`,
    })
  }
}

async function unshareFile(from: string, to: string): Promise<boolean> {
  const [one, other] = [await lstatIfAny(from), await lstatIfAny(to)]
  // Where names are the same but for case, one entry answers to both: it has one link only.
  if (one === undefined || one.ino !== other?.ino || one.dev !== other.dev || one.nlink < 2) return false
  try {
    await unlink(from)
    return true
  } catch (error) {
    throw toFileError(error, 'remove', from)
  }
}
