// Deleting all of one repository from a vault: the head first, so that nothing half-deleted is ever offered, and the
// format last, so that a deletion that was cut off is still found and can be gone on with.

import type { StepHandlers } from '../model/events.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain, requireKnownFormat } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { forgetPushes } from './push-records.ts'

const BATCH = 1000

type Refused = readonly { readonly key: string; readonly reason: string }[]

export async function erase(
  context: ReplicationContext,
  vault: Vault,
  borgId: string,
  handlers: StepHandlers,
): Promise<Refused> {
  const chain = new Chain(vault, borgId)
  const { keys } = chain
  const refused: { readonly key: string; readonly reason: string }[] = []
  let files = 0
  const remove = async (batch: readonly string[]) => {
    refused.push(...(await vault.delete(batch)))
    files += batch.length
    handlers.onProgress?.({ stage: 'delete', files })
  }
  await requireKnownFormat(chain)
  await remove([keys.head])
  await vault.sweepUnfinished(keys.root, context.clock.now())
  for (const prefix of [keys.generations, keys.objects, keys.verifications, keys.collections]) {
    for await (const batch of inBatches(vault, prefix)) await remove(batch)
  }
  await remove([keys.format])
  await forgetPushes(context, chain)
  return refused
}

/** Keys are listed ahead of the deletions: a listing goes on after the last key it gave, whether that is there or not. */
async function* inBatches(vault: Vault, prefix: string): AsyncGenerator<string[]> {
  let batch: string[] = []
  for await (const { key } of vault.list(prefix)) {
    batch.push(key)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
