// When a compact is due, and when archives may be pruned again. What was removed can be brought back until a compact, so
// that a compact waits; and while it waits nothing more is pruned, because each removal has to have its time. What is
// pruned once in a while takes no more space than what is pruned every day: only the compact frees it.

import type { RepoRecord } from './repo.ts'

export interface CompactionPolicy {
  /** How long what was removed can be brought back. Milliseconds. */
  readonly afterMs: number
  /** Compact sooner when this much can be freed; 0: never. Bytes. */
  readonly reclaimableBytes: number
}

/** `nextAt` is absent when there is nothing to free at all. */
export type CompactionPlan = { readonly due: true } | { readonly due: false; readonly nextAt?: Date }

/** A person who keeps removing archives puts the compact off, but not without an end: at most that many times. */
const PATIENCE = 4

export function planCompaction(
  record: Pick<RepoRecord, 'createdAt' | 'lastCompactAt' | 'reclaimableBytes' | 'removals'>,
  policy: CompactionPolicy,
  now: Date,
): CompactionPlan {
  const { removals = [], reclaimableBytes = 0 } = record
  if (reclaimableBytes === 0 && removals.length === 0) return { due: false }
  // Records of earlier versions only tell how much was removed.
  const unknown = record.lastCompactAt ?? record.createdAt
  const newest = Date.parse(removals.at(-1)?.at ?? unknown) + policy.afterMs
  const oldest = Date.parse(removals[0]?.at ?? unknown) + PATIENCE * policy.afterMs
  const nextAt = new Date(Math.min(newest, oldest))
  const isMuch = policy.reclaimableBytes > 0 && reclaimableBytes >= policy.reclaimableBytes
  return isMuch || nextAt <= now ? { due: true } : { due: false, nextAt }
}
