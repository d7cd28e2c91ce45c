// Whether anything below some directories changed since a moment. Asks for the time of the inode, which nobody can set
// back: names that came, went or were moved show on their directory. What cannot be looked at counts as changed.

import { lstatSync } from 'node:fs'
import { systemCode, toFileError } from './files.ts'
import { entriesOf, joinRaw } from './raw-paths.ts'

export interface ChangedSinceOptions {
  /** Leave out what is mounted below the paths. */
  readonly oneFileSystem: boolean
  readonly onEntries: (entries: number) => void
  readonly stop: AbortSignal
}

const TELL_EVERY = 1000

/** The first path that changed, in no order; undefined where nothing did. Links are not followed. */
export async function changedSince(
  paths: readonly string[],
  since: Date,
  { oneFileSystem, onEntries, stop }: ChangedSinceOptions,
): Promise<string | undefined> {
  let seen = 0
  for (const root of paths.map((path) => Buffer.from(path))) {
    const facts = look(root)
    if (facts === undefined || facts.ctimeMs >= since.getTime()) return root.toString()
    const directories: Buffer[] = facts.isDirectory() ? [root] : []
    for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
      stop.throwIfAborted()
      try {
        for await (const { name } of entriesOf(directory)) {
          const path = joinRaw(directory, name)
          const entry = look(path)
          if (entry === undefined || entry.ctimeMs >= since.getTime()) return path.toString()
          if (++seen % TELL_EVERY === 0) onEntries(seen)
          if (entry.isDirectory() && !(oneFileSystem && entry.dev !== facts.dev)) directories.push(path)
        }
      } catch (error) {
        if (UNREADABLE.includes(systemCode(error) ?? '')) return directory.toString()
        throw toFileError(error, 'look for changes in', directory.toString())
      }
    }
  }
  return undefined
}

const UNREADABLE = ['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR']

function look(path: Buffer) {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if (UNREADABLE.includes(systemCode(error) ?? '')) return undefined
    throw error
  }
}
