// When the drills and verifications that keep promises are done next, in words.

import type { NextProof } from '../../model/proofs.ts'
import type { RepoStatus } from '../../workflows/shared/standing.ts'
import { formatNext } from './format.ts'

/** `backup drill from 12 January 2027 02:30, s3 verify with the next run` */
export function proofsInWords(proofs: readonly NextProof[], now: Date): string {
  const words = proofs.map(({ workflow, from }) => {
    const date = new Date(from)
    return `${workflow} ${date <= now ? 'with the next run' : `from ${formatNext(date, now)}`}`
  })
  return words.join(', ')
}

/** A line below that of a repo; none where nothing of the kind is promised. */
export function nextProofs({ proofs, standing, nextRunAt }: RepoStatus, now: Date): string[] {
  if (nextRunAt !== undefined && proofs.length > 0) return [`    by itself: ${proofsInWords(proofs, now)}`]
  // Nothing starts them: until when somebody has to.
  const words = proofs.flatMap(({ objective, workflow }) => {
    const { verdict, dueAt } = standing.objectives.find((one) => one.objective === objective) ?? {}
    return verdict !== 'met' || dueAt === undefined ? [] : [`${workflow} by ${formatNext(new Date(dueAt), now)}`]
  })
  return words.length === 0 ? [] : [`    next: ${words.join(', ')}`]
}
