// Garbage collection: the only thing that deletes from a vault. Generations are marked expired first and deleted after a
// grace; blobs are deleted when nobody needed them now and a day ago. Killed anywhere, the next collection goes on: what
// is to be deleted follows from what is in the vault, never from what a process remembers.

import type { StepHandlers } from '../model/events.ts'
import { parseBlobKey, VAULT_FORMAT } from '../model/generation.ts'
import type { ObjectFacts, Vault } from '../vault/vault.ts'
import { Chain } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { readInventory } from './inventory.ts'
import { isExpired, isSweep, type Marker } from './markers.ts'
import type { CollectInput, CollectResult } from './replication.ts'
import { vaultNow } from './vault-now.ts'

const HOUR_MS = 3_600_000
/** Younger than this a blob may belong to a push that is under way. */
const BLOB_MIN_AGE_MS = 48 * HOUR_MS
/** Two collections this far apart have to agree that nobody needs a blob. */
const BETWEEN_SWEEPS_MS = 24 * HOUR_MS
const BATCH = 1000

export async function collect(
  context: ReplicationContext,
  vault: Vault,
  input: CollectInput,
  handlers: StepHandlers,
): Promise<CollectResult> {
  const chain = new Chain(vault, input.borgId)
  handlers.onProgress?.({ stage: 'read the chain' })
  const now = input.dryRun ? context.clock.now() : await vaultNow(context, chain)
  const inventory = await readInventory(chain, { ...input, now })
  if (inventory.unsafe.length > 0) return { ...NOTHING, kept: inventory.keep, held: inventory.unsafe }

  handlers.onProgress?.({ stage: 'mark what expires' })
  if (!input.dryRun) {
    for (const { seq, ulid } of inventory.expire) {
      const marker = { format: VAULT_FORMAT, kind: 'expired', seq, ulid, at: now.toISOString() }
      await chain.putJson(chain.keys.collection(context.host.newId()), marker, 'absent')
    }
  }

  handlers.onProgress?.({ stage: 'delete expired generations' })
  const remover = new Remover(chain, input.dryRun)
  // The manifest first: from then on nobody can begin to restore it. What only speaks of it goes last.
  await remover.remove(inventory.collectable.map(({ manifest }) => manifest))
  await remover.remove(inventory.collectable.flatMap(({ verifications }) => verifications))
  const gone = inventory.markers.filter((marker) => isExpired(marker) && !inventory.remaining.has(marker.document.ulid))
  await remover.remove(gone.map(({ key }) => ({ key, size: 0 })))

  const swept = await sweepBlobs(context, chain, remover, { ...inventory, now, dryRun: input.dryRun }, handlers)
  return {
    expired: inventory.expire.map(({ seq }) => seq),
    deletedGenerations: inventory.collectable.map(({ seq }) => seq),
    kept: inventory.keep,
    deletedObjects: remover.objects,
    freedBytes: remover.bytes,
    waiting: swept.waiting,
    held: [...inventory.held, ...remover.held()],
  }
}

const NOTHING = {
  expired: [],
  deletedGenerations: [],
  deletedObjects: 0,
  freedBytes: 0,
  waiting: { objects: 0, bytes: 0 },
}

interface SweepInput {
  readonly live: ReadonlySet<string>
  readonly markers: readonly Marker[]
  readonly now: Date
  readonly dryRun: boolean
}

/**
 * One listing: what an earlier sweep had found unneeded too is deleted as the listing goes by, so that hardly any time
 * lies between a look at an object's age and its deletion; everything else unneeded is written down for the next sweep.
 */
async function sweepBlobs(
  context: ReplicationContext,
  chain: Chain,
  remover: Remover,
  { live, markers, now, dryRun }: SweepInput,
  handlers: StepHandlers,
) {
  const sweeps = markers.filter(isSweep)
  const settled = sweeps.findLast(({ writtenAt }) => now.getTime() - writtenAt.getTime() >= BETWEEN_SWEEPS_MS)
  const unneededBefore = new Set(settled?.document.blobs)
  const waiting = { objects: 0, bytes: 0 }
  const unneeded: string[] = []
  let batch: ObjectFacts[] = []
  let files = 0
  for await (const facts of chain.vault.list(chain.keys.objects)) {
    if (++files % BATCH === 0) handlers.onProgress?.({ stage: 'sweep the objects', files })
    const sha256 = parseBlobKey(facts.key)
    if (sha256 === undefined || live.has(sha256)) continue
    const isOld = now.getTime() - facts.lastModified.getTime() >= BLOB_MIN_AGE_MS
    if (isOld && unneededBefore.has(sha256)) {
      batch.push(facts)
      if (batch.length < BATCH) continue
      await remover.remove(batch)
      batch = []
    } else {
      unneeded.push(sha256)
      waiting.objects++
      waiting.bytes += facts.size
    }
  }
  await remover.remove(batch)
  const isRipening = sweeps.length > 0 && sweeps.at(-1) !== settled
  if (!dryRun && !isRipening) await noteSweep(context, chain, remover, { sweeps, unneeded, now })
  return { waiting }
}

/** A sweep that was used gives way to a new one, which a collection at least a day later will believe. */
async function noteSweep(
  { host }: ReplicationContext,
  chain: Chain,
  remover: Remover,
  { sweeps, unneeded, now }: { sweeps: readonly Marker[]; unneeded: readonly string[]; now: Date },
): Promise<void> {
  if (unneeded.length > 0) {
    const sweep = { format: VAULT_FORMAT, kind: 'sweep', at: now.toISOString(), blobs: unneeded }
    await chain.putJson(chain.keys.collection(host.newId()), sweep, 'absent')
  }
  await remover.remove(sweeps.map(({ key }) => ({ key, size: 0 })))
}

/** Deletes and counts; in a dry run it only counts. */
class Remover {
  readonly #chain: Chain
  readonly #dryRun: boolean
  readonly #refused: { readonly key: string; readonly reason: string }[] = []
  objects = 0
  bytes = 0

  constructor(chain: Chain, dryRun: boolean) {
    this.#chain = chain
    this.#dryRun = dryRun
  }

  async remove(objects: readonly { readonly key: string; readonly size: number }[]): Promise<void> {
    if (objects.length === 0) return
    const refused = this.#dryRun ? [] : await this.#chain.vault.delete(objects.map(({ key }) => key))
    this.#refused.push(...refused)
    const kept = new Set(refused.map(({ key }) => key))
    for (const { key, size } of objects) {
      if (kept.has(key)) continue
      this.objects++
      this.bytes += size
    }
  }

  /** A sentence for each reason. */
  held(): string[] {
    const byReason = Map.groupBy(this.#refused, ({ reason }) => reason)
    return [...byReason].map(([reason, objects]) => `${objects.length} objects could not be deleted: ${reason}`)
  }
}
