// Which of a series of states a retention policy keeps, by Borg's own algorithm. Source: borg 1.2 archiver.py,
// do_prune, and helpers/misc.py, prune_split and prune_within: every rule in turn looks at all of them, newest first.

import type { RetentionPolicy } from './retention.ts'

const HOUR_MS = 3_600_000
const WITHIN_HOURS: Record<string, number> = { H: 1, d: 24, w: 7 * 24, m: 31 * 24, y: 365 * 24 }

/** Names the period that a moment lies in, in UTC. */
const PERIODS = [
  ['last', (at: Date) => at.toISOString().slice(0, 19)],
  ['hourly', (at: Date) => at.toISOString().slice(0, 13)],
  ['daily', (at: Date) => at.toISOString().slice(0, 10)],
  ['weekly', isoWeek],
  ['monthly', (at: Date) => at.toISOString().slice(0, 7)],
  ['yearly', (at: Date) => at.toISOString().slice(0, 4)],
] as const

/** The states that stay, newest first. */
export function keptByPolicy<State extends { readonly at: Date }>(
  states: readonly State[],
  policy: RetentionPolicy,
  now: Date,
): State[] {
  const newestFirst = states.toSorted((a, b) => b.at.getTime() - a.at.getTime())
  const kept = new Set(newestFirst.filter(({ at }) => now.getTime() - at.getTime() < withinMs(policy)))
  for (const [rule, periodOf] of PERIODS) keepNewestOfPeriods(newestFirst, kept, policy[rule] ?? 0, periodOf)
  return newestFirst.filter((state) => kept.has(state))
}

/** A state that another rule keeps already does not count; a counted rule that has room left keeps the oldest state. */
function keepNewestOfPeriods<State extends { readonly at: Date }>(
  newestFirst: readonly State[],
  kept: Set<State>,
  limit: number,
  periodOf: (at: Date) => string,
): void {
  let left = limit < 0 ? Number.POSITIVE_INFINITY : limit
  let period: string | undefined
  if (left === 0) return
  for (const state of newestFirst) {
    if (periodOf(state.at) === period) continue
    period = periodOf(state.at)
    if (kept.has(state)) continue
    kept.add(state)
    left--
    if (left === 0) return
  }
  const oldest = newestFirst.at(-1)
  if (oldest && limit > 0) kept.add(oldest)
}

function withinMs({ within }: RetentionPolicy): number {
  const [, amount = '0', unit = 'H'] = /^(\d+)([Hdwmy])$/.exec(within ?? '') ?? []
  return Number(amount) * (WITHIN_HOURS[unit] ?? 0) * HOUR_MS
}

/** `2026-W47`: weeks begin on Monday, and belong to the year their Thursday is in. */
function isoWeek(at: Date): string {
  const thursday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()))
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7))
  const firstOfYear = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = Math.floor((thursday.getTime() - firstOfYear) / (7 * 24 * HOUR_MS)) + 1
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}
