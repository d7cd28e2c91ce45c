// Which generations a policy gives up. Pure: what is never given up, whatever the policy says, is decided here alone.

import { keptByPolicy } from '../model/kept.ts'
import type { RetentionPolicy } from '../model/retention.ts'
import type { VerifyLevel } from './replication.ts'

/** Verified at least so deep counts as verified: every object was seen to be there. */
const VERIFIED_LEVEL = 1
/** However short the policy, so many of the newest stay, and so many of the newest that were verified. */
const FLOOR = 2

export interface ExpiryCandidate {
  readonly seq: number
  /** By the vault's clock. */
  readonly at: Date
  readonly suspicious: boolean
  readonly verified: VerifyLevel | undefined
}

export interface ExpiryPlan {
  readonly expire: readonly number[]
  readonly keep: readonly number[]
  /** Why nothing expires; absent where the policy decides. */
  readonly held?: string
}

/** `chain`: the generations that lead to the head, in any order. */
export function planExpiry(chain: readonly ExpiryCandidate[], policy: RetentionPolicy, now: Date): ExpiryPlan {
  const newestFirst = chain.toSorted((a, b) => b.seq - a.seq)
  const head = newestFirst[0]
  if (head?.suspicious) {
    return {
      expire: [],
      keep: newestFirst.map(({ seq }) => seq),
      held: `generation ${head.seq} looks like a loss: nothing expires before it is known to be meant`,
    }
  }
  const verified = newestFirst.filter((state) => (state.verified ?? 0) >= VERIFIED_LEVEL)
  const keep = new Set([
    ...keptByPolicy(newestFirst, policy, now),
    ...newestFirst.slice(0, FLOOR),
    ...verified.slice(0, FLOOR),
    ...newestFirst.filter(({ suspicious }) => suspicious),
  ])
  return {
    expire: newestFirst.filter((state) => !keep.has(state)).map(({ seq }) => seq),
    keep: newestFirst.filter((state) => keep.has(state)).map(({ seq }) => seq),
  }
}
