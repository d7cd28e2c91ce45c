// Whether a repository can go to a place: nothing may be there, and neither place may be in the other.

import { basename, dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { isInside } from '../model/location.ts'
import { refuse } from '../model/validate.ts'
import { listIfAny, lstatIfAny, realPathOf, statIfAny } from '../platform/files.ts'

/** @throws AppError `destination-not-empty` for everything but nothing or an empty directory */
export async function requireFree(to: string): Promise<void> {
  const facts = await lstatIfAny(to)
  if (facts === undefined) return
  const parent = await statIfAny(dirname(to))
  const reason = !facts.isDirectory()
    ? 'it is not a directory'
    : (await listIfAny(to))?.length !== 0
      ? 'it is not empty'
      : parent?.dev === facts.dev
        ? undefined
        : 'a disk is mounted there, and the repository takes the place of the whole directory'
  if (reason === undefined) return
  throw new AppError('destination-not-empty', `cannot move a repository to ${to}`, {
    reason,
    hint: 'name a directory that does not exist yet, for example one inside it',
  })
}

/** @throws AppError `value-invalid` */
export async function requireApart(from: string, to: string): Promise<void> {
  const [here, there] = [await realPathOf(from), await realPlace(to)]
  if (!isInside(there, here) && !isInside(here, there)) return
  refuse('new place', to, `it lies in ${from}, or that in it`, 'name a directory beside it, or on another disk')
}

/** What is there, or the nearest directory above where it would be. */
export async function nearestEntry(path: string): Promise<string> {
  return (await statIfAny(path)) === undefined && dirname(path) !== path ? await nearestEntry(dirname(path)) : path
}

/** Behind the links on the way to it. */
async function realPlace(path: string): Promise<string> {
  if ((await lstatIfAny(path)) !== undefined || dirname(path) === path) return await realPathOf(path)
  return join(await realPlace(dirname(path)), basename(path))
}
