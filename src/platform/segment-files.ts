// The segments of a Borg repository on this disk, found without Borg and without a lock, as Borg finds them itself after
// a crash: each has a number, and a state of the repository is all of them up to one that ends in a commit.
// Source: borg docs internals/data-structures, "Segments"; borg/repository.py, LoggedIO.

import { join } from 'node:path'
import { segmentNumber } from '../model/generation.ts'
import { readEndIfAny } from './file-content.ts'
import { listIfAny } from './files.ts'

export interface SegmentFile {
  readonly number: number
  /** In the repository: `data/0/17`. */
  readonly path: string
}

/** What a segment begins with. */
const MAGIC = Buffer.from('BORG_SEG')
/** A commit entry: CRC-32, its length of 9 bytes, the tag 2. It is the same everywhere. */
const COMMIT = Buffer.from('40f43c250900000002', 'hex')
/** A whole segment that commits what came before it and nothing else, as Borg writes them too. */
export const COMMIT_SEGMENT = Buffer.concat([MAGIC, COMMIT])
/** Borg's default, for repositories whose config does not say. */
const SEGMENTS_PER_DIR = 1000

/** `config`: the text of the repository's file of that name. */
export function segmentsPerDirOf(config: string): number {
  return Number(/^segments_per_dir\s*=\s*(\d+)\s*$/m.exec(config)?.[1] ?? SEGMENTS_PER_DIR)
}

export function segmentPath(number: number, segmentsPerDir: number): string {
  return `data/${Math.floor(number / segmentsPerDir)}/${number}`
}

/** In ascending order. Files in a directory that is not theirs are no segments, to Borg neither. */
export async function listSegments(repository: string, segmentsPerDir: number): Promise<SegmentFile[]> {
  const found: SegmentFile[] = []
  for (const name of (await listIfAny(join(repository, 'data'))) ?? []) {
    for (const file of (await listIfAny(join(repository, 'data', name))) ?? []) {
      const path = `data/${name}/${file}`
      const number = segmentNumber(path)
      if (number !== undefined && String(Math.floor(number / segmentsPerDir)) === name) found.push({ number, path })
    }
  }
  return found.sort((a, b) => a.number - b.number)
}

/** The number of the last committed transaction. `segments`: in ascending order. */
export function lastCommitted(repository: string, segments: readonly SegmentFile[]): number | undefined {
  return segments.findLast((segment) => isCommitted(repository, segment))?.number
}

export function isCommitted(repository: string, { path }: SegmentFile): boolean {
  return readEndIfAny(join(repository, path), COMMIT.length)?.equals(COMMIT) ?? false
}
