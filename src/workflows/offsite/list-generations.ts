// `s3 generations`: the states of a repository that its vault holds. `s3 describe`: what one of them is.

import type { ChainReport, GenerationChoice, Replication } from '../../replication/replication.ts'
import { type OffsiteDeps, type OffsiteTarget, withRepository } from './target.ts'

export interface GenerationList extends ChainReport {
  readonly vault: string
  readonly url: string
}

export function listGenerations(deps: OffsiteDeps, target: OffsiteTarget): Promise<GenerationList> {
  return withRepository(deps, target, async ({ vault, label, borgId }) => {
    const report = await deps.replication.generations(vault, borgId)
    return { vault: label, url: vault.url, ...report }
  })
}

export type GenerationDetails = Awaited<ReturnType<Replication['describe']>> & { readonly vault: string }

/** @throws AppError `generation-unknown`, `vault-damaged` */
export function describeGeneration(
  deps: OffsiteDeps,
  input: OffsiteTarget & GenerationChoice,
): Promise<GenerationDetails> {
  return withRepository(deps, input, async ({ vault, label, borgId }) => ({
    vault: label,
    ...(await deps.replication.describe(vault, borgId, input)),
  }))
}
