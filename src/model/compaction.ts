// When a compact is worth a Borg process: rewriting segments costs time and off-site traffic, leaving them costs space.

import type { RepoRecord } from './repo.ts'

export interface CompactionPolicy {
  /** Compact at least this often while there is anything to free. Milliseconds. */
  readonly afterMs: number
  /** Compact at once when this much can be freed. Bytes. */
  readonly reclaimableBytes: number
}

export type CompactionPlan = { readonly due: true } | { readonly due: false; readonly nextAt?: Date }

/** `nextAt` is absent when there is nothing to free at all. */
export function planCompaction(
  record: Pick<RepoRecord, 'createdAt' | 'lastCompactAt' | 'reclaimableBytes'>,
  policy: CompactionPolicy,
  now: Date,
): CompactionPlan {
  const reclaimable = record.reclaimableBytes ?? 0
  if (reclaimable === 0) return { due: false }
  const nextAt = new Date(Date.parse(record.lastCompactAt ?? record.createdAt) + policy.afterMs)
  return reclaimable >= policy.reclaimableBytes || nextAt <= now ? { due: true } : { due: false, nextAt }
}
