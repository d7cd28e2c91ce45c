// Collected while it was being read: whether a generation is still there.

import { AppError } from '../errors.ts'
import type { GenerationRef } from '../model/generation.ts'
import type { Chain } from './chain.ts'

/** @throws AppError `generation-expired` where the manifest is gone: its blobs go next */
export async function requireStillThere(chain: Chain, { seq, ulid }: GenerationRef): Promise<void> {
  if (await chain.vault.head(chain.keys.manifest(seq, ulid))) return
  throw new AppError('generation-expired', `generation ${seq} is not in ${chain.vault.url} any more`, {
    reason: 'it expired and was collected while it was being read',
    hint: 'choose another one: borgboi s3 generations',
  })
}
