// What a verification found, in words.

import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { ProofEvidence } from '../../model/evidence.ts'
import type { Figures } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import type { DamagedObject, VerifyResult } from '../../replication/replication.ts'
import { type EvidenceDeps, keepEvidence } from '../shared/keep-evidence.ts'
import type { OffsiteRepository } from './target.ts'

/** Below level 3 no byte is read. */
export function figuresOf({ level, objects, bytes }: VerifyResult): Figures {
  return { objects, ...(level < 3 ? {} : { bytes }) }
}

/** Each damaged object, as a warning. */
export function tellDamage(damaged: readonly DamagedObject[], handlers: Required<StepHandlers>): void {
  for (const { key, problem, paths, generations } of damaged) {
    const what = paths.length === 0 ? key : `${paths.join(', ')} (${key})`
    handlers.onWarning({ kind: 'off-site', message: `${problem}: ${what}, needed by ${inWords(generations)}` })
  }
}

/** Keeps what a verification proved, where it was of the copy that a repo of this machine has. */
export async function keepProof(
  deps: EvidenceDeps,
  { record, label, vaultAsOf }: Pick<OffsiteRepository, 'record' | 'label' | 'vaultAsOf'>,
  proof: Pick<ProofEvidence, 'result' | 'level' | 'generation'>,
  handlers: StepHandlers,
): Promise<void> {
  if (record === undefined || record.vault !== label || vaultAsOf !== undefined) return
  await keepEvidence(deps, record, { verification: { ...proof, vault: label } }, handlers)
}

export function damagedCopy(damaged: readonly DamagedObject[], vaultAsOf: Date | undefined): AppError {
  const generations = [...new Set(damaged.flatMap((object) => object.generations))].sort((a, b) => a - b)
  return new AppError('vault-damaged', `${numberOf(damaged.length, 'object')} in the vault cannot be restored`, {
    reason: `${inWords(generations)} ${generations.length === 1 ? 'is' : 'are'} affected`,
    hint: vaultAsOf
      ? 'take another generation, or an earlier time: some of it was gone by then'
      : 'upload again what this machine still has with: borgboi s3 repair',
    context: { generations: generations.map(String), keys: damaged.map(({ key }) => key) },
  })
}

function inWords(generations: readonly number[]): string {
  return `generation${generations.length === 1 ? '' : 's'} ${generations.join(', ')}`
}
