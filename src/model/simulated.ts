// What a retention policy would leave over the coming months, were there a backup and a prune every day. Pure.

import { keptByPolicy } from './kept.ts'
import { optional } from './repo.ts'
import type { RetentionPolicy } from './retention.ts'

export interface Simulation {
  /** Of the archives there are, oldest first: the prune that removes each; absent where it stays to the end. */
  readonly present: readonly (PresentArchive & { readonly until?: Date })[]
  /** How many archives there are now, after the next prune, and at the end of each month. */
  readonly counts: readonly { readonly at: Date; readonly archives: number }[]
}

interface PresentArchive {
  readonly name: string
  readonly at: Date
  /** The policy does not look at it. */
  readonly held: boolean
}

interface State {
  readonly at: Date
  /** Absent for archives that are still to be made. */
  readonly name?: string
}

/** The first prune is now. Both happen at the same time of every day, in UTC. */
export function simulateRetention(
  present: readonly PresentArchive[],
  policy: RetentionPolicy,
  now: Date,
  months: number,
): Simulation {
  const until = new Map<string, Date>()
  const counts: { at: Date; archives: number }[] = []
  let states: readonly State[] = present.filter(({ held }) => !held)
  const heldCount = present.length - states.length
  const prune = (at: Date) => {
    const kept = new Set(keptByPolicy(states, policy, at))
    for (const state of states) if (state.name !== undefined && !kept.has(state)) until.set(state.name, at)
    states = [...kept]
  }
  prune(now)
  counts.push({ at: now, archives: states.length + heldCount })
  let day = 1
  for (let month = 1; month <= months; month++) {
    const end = monthsAfter(now, month)
    for (let at = daysAfter(now, day); at <= end; at = daysAfter(now, ++day)) {
      states = [...states, { at }]
      prune(at)
    }
    counts.push({ at: end, archives: states.length + heldCount })
  }
  const oldestFirst = present.toSorted((a, b) => a.at.getTime() - b.at.getTime())
  return {
    present: oldestFirst.map((archive) => ({ ...archive, ...optional('until', until.get(archive.name)) })),
    counts,
  }
}

function daysAfter(now: Date, days: number): Date {
  return new Date(now.getTime() + days * 86_400_000)
}

/** On the last day of a month that has no such day. */
function monthsAfter(now: Date, months: number): Date {
  const at = new Date(now)
  at.setUTCMonth(at.getUTCMonth() + months)
  if (at.getUTCDate() !== now.getUTCDate()) at.setUTCDate(0)
  return at
}
