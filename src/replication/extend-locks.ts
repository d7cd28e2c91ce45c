// Object locks end, and what a generation needs is uploaded once: an old blob of a new generation has long lost its lock.
// Here what the kept generations need is locked anew, for as long as the bucket locks what is new. Safe to repeat, and to
// cut off: a lock that was extended stays so.

import type { StepHandlers } from '../model/events.ts'
import type { Vault } from '../vault/vault.ts'
import { forEachAtOnce } from './at-once.ts'
import { Chain } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { readInventory } from './inventory.ts'
import { readManifests } from './manifests.ts'
import type { ExtendLocksInput, ExtendLocksResult } from './replication.ts'
import { vaultNow } from './vault-now.ts'

const DAY_MS = 86_400_000
/** A lock is extended when less than this part of the bucket's own is left. */
const LEFT = 0.5

export async function extendLocks(
  context: ReplicationContext,
  vault: Vault,
  input: ExtendLocksInput,
  { onProgress }: StepHandlers,
): Promise<ExtendLocksResult> {
  const { locks, lock, dryRun } = input
  const chain = new Chain(vault, input.borgId)
  onProgress?.({ stage: 'read the chain' })
  const now = (dryRun ? context.clock.now() : await vaultNow(context, chain)).getTime()
  const keys = await keysToLock(chain, input, new Date(now))
  const soon = now + lock.days * LEFT * DAY_MS
  const until = new Date(now + lock.days * DAY_MS)
  let [extended, looked] = [0, 0]
  const missing: string[] = []
  await forEachAtOnce(keys, vault.concurrency, context.stop, async (key) => {
    const present = await locks.read(key)
    if (present === undefined) missing.push(key)
    else if (present === 'none' || present.until.getTime() < soon) {
      // Another mode of what is locked already takes a right that nobody should have.
      if (!dryRun) await locks.extend(key, { mode: present === 'none' ? lock.mode : present.mode, until })
      extended++
    }
    onProgress?.({ stage: 'extend locks', files: ++looked, fraction: looked / keys.size })
  })
  return { objects: keys.size - missing.length, extended, missing, until }
}

/** Of the generations that stay; where it is not safe to say which do, of all that can be read. */
async function keysToLock(chain: Chain, input: ExtendLocksInput, now: Date): Promise<ReadonlySet<string>> {
  const { keep, unsafe } = await readInventory(chain, { ...input, now })
  const manifests = await chain.listManifests()
  const kept = unsafe.length > 0 ? manifests : manifests.filter(({ seq }) => keep.includes(seq))
  const keys = new Set([chain.keys.format, chain.keys.head])
  for await (const found of readManifests(chain, kept)) {
    if ('damage' in found) continue
    keys.add(found.key)
    for (const { sha256 } of found.manifest.files) keys.add(chain.keys.blob(sha256))
  }
  return keys
}
