// Lists the objects of a vault in a directory, in the order of whole keys, without following links: only what the
// prefix and the place to start from leave to find is looked into.

import { join } from 'node:path'
import { listEntries } from '../../platform/object-files.ts'
import type { ObjectFacts } from '../vault.ts'
import { compareKeys, isObjectName } from './object-keys.ts'

/** Files whose facts are read at once. */
const AT_ONCE = 32

export interface ListingWish {
  readonly prefix: string
  readonly after: string
  /** Undefined for what was removed meanwhile. */
  readonly factsOf: (key: string) => Promise<ObjectFacts | undefined>
}

/** `directory`: a key with `/` at its end, or empty for the root. */
export async function* walkObjects(root: string, directory: string, wish: ListingWish): AsyncGenerator<ObjectFacts> {
  let files: string[] = []
  for (const key of await childrenOf(root, directory)) {
    if (key.endsWith('/') ? !mayHold(key, wish) : !isWanted(key, wish)) continue
    if (!key.endsWith('/')) files.push(key)
    if (files.length === AT_ONCE || key.endsWith('/')) {
      yield* factsOfAll(files, wish)
      files = []
    }
    if (key.endsWith('/')) yield* walkObjects(root, key, wish)
  }
  yield* factsOfAll(files, wish)
}

export async function hasObject(root: string, directory: string): Promise<boolean> {
  for (const key of await childrenOf(root, directory)) {
    if (!key.endsWith('/') || (await hasObject(root, key))) return true
  }
  return false
}

/** Keys of files, and those of directories with `/` at their end: that is where what is in them has its place. */
export async function childrenOf(root: string, directory: string): Promise<string[]> {
  const entries = (await listEntries(join(root, directory))) ?? []
  return entries
    .filter(({ name }) => isObjectName(name, directory === ''))
    .map(({ name, isDirectory }) => `${directory}${name}${isDirectory ? '/' : ''}`)
    .sort(compareKeys)
}

async function* factsOfAll(keys: readonly string[], { factsOf }: ListingWish): AsyncGenerator<ObjectFacts> {
  for (const facts of await Promise.all(keys.map(factsOf))) if (facts) yield facts
}

function isWanted(key: string, { prefix, after }: ListingWish): boolean {
  return key.startsWith(prefix) && compareKeys(key, after) > 0
}

function mayHold(directory: string, { prefix, after }: ListingWish): boolean {
  const isBelow = directory.startsWith(prefix) || prefix.startsWith(directory)
  return isBelow && (after.startsWith(directory) || compareKeys(directory, after) > 0)
}
