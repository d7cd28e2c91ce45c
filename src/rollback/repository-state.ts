// Which segments a repository has, and which state it is in.

import { join } from 'node:path'
import type { RepositoryPoint } from '../model/removal.ts'
import { readTextIfAny } from '../platform/files.ts'
import { lastCommitted, listSegments, type SegmentFile, segmentsPerDirOf } from '../platform/segment-files.ts'

export interface RepositoryState {
  readonly segmentsPerDir: number
  /** All there are, in ascending order, also those of a transaction that was not committed. */
  readonly segments: readonly SegmentFile[]
  readonly point: RepositoryPoint
}

/** Undefined where there is no repository, or nothing is committed in it. */
export async function readState(repository: string): Promise<RepositoryState | undefined> {
  const config = await readTextIfAny(join(repository, 'config'))
  if (config === undefined) return undefined
  const segmentsPerDir = segmentsPerDirOf(config)
  const segments = await listSegments(repository, segmentsPerDir)
  const transactionId = lastCommitted(repository, segments)
  if (transactionId === undefined) return undefined
  return { segmentsPerDir, segments, point: { transactionId, segments: upTo(segments, transactionId).length } }
}

export function upTo(segments: readonly SegmentFile[], transactionId: number): readonly SegmentFile[] {
  return segments.filter(({ number }) => number <= transactionId)
}
