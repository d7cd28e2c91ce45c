// Keeping what was seen to be so of a repo, for `status`. What could not be kept is a warning: that it was seen stays true.

import type { Deps } from '../../deps.ts'
import { toAppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { RepoEvidence } from '../../model/evidence.ts'
import type { RepoRecord } from '../../model/repo.ts'

export type EvidenceDeps = Pick<Deps, 'evidence' | 'clock'>

type Found = { readonly [Kind in keyof RepoEvidence]?: Omit<NonNullable<RepoEvidence[Kind]>, 'at' | 'repoId'> }

/** As seen just now. Never throws. */
export async function keepEvidence(
  { evidence, clock }: EvidenceDeps,
  { name, borgId }: Pick<RepoRecord, 'name' | 'borgId'>,
  found: Found,
  handlers: StepHandlers,
): Promise<void> {
  const seen = { at: clock.now().toISOString(), repoId: borgId }
  try {
    await evidence.keep(
      name,
      Object.fromEntries(Object.entries(found).map(([kind, what]) => [kind, { ...what, ...seen }])),
    )
  } catch (error) {
    const { message, reason } = toAppError(error)
    const why = reason === undefined ? message : `${message} (${reason})`
    handlers.onWarning?.({ kind: 'reporting', message: `not kept for borgboi status: ${why}` })
  }
}
