// What a vault in a directory tells of an object, and the etag it makes up for it.

import { hash } from 'node:crypto'
import { type FileFacts, lstatFacts, readFacts } from '../../platform/object-files.ts'
import type { ObjectFacts } from '../vault.ts'

/**
 * Up to this size the etag is the hash of the content, since times are coarse, and inode numbers change on some file
 * systems; what is moved by compare-and-swap is small. Larger objects are told by size and time.
 */
const HASHED_BYTES = 4096

export interface FoundObject {
  readonly facts: ObjectFacts
  readonly file: FileFacts
  /** The content of a small object, of which these are the facts. */
  readonly bytes?: Uint8Array
}

/** The object as it is now, also where another machine has just replaced it; undefined where there is none. */
export async function findObject(key: string, path: string): Promise<FoundObject | undefined> {
  const found = await readFacts(path, HASHED_BYTES)
  if (found === undefined) return undefined
  const { facts: file, bytes } = found
  return bytes
    ? { facts: factsOf(key, file, etagOf(file, hash('sha256', bytes))), file, bytes }
    : { facts: factsOf(key, file, etagOf(file, '')), file }
}

/** Its facts, without opening what is large. */
export async function listedFacts(key: string, path: string): Promise<ObjectFacts | undefined> {
  const file = await lstatFacts(path)
  if (file !== undefined && file.size > HASHED_BYTES) return factsOf(key, file, etagOf(file, ''))
  return file && (await findObject(key, path))?.facts
}

/** `sha256`: of the content; it need not be known for large files. */
export function etagOf({ size, mtimeNs }: FileFacts, sha256: string): string {
  return size <= HASHED_BYTES ? sha256 : `${size}-${mtimeNs}`
}

function factsOf(key: string, file: FileFacts, etag: string): ObjectFacts {
  return { key, size: file.size, etag, lastModified: file.modifiedAt }
}
