// What a repository takes in a vault, and what each generation added to it. Generations never change, so what one added
// is worked out once and remembered in this home.

import * as z from 'zod/mini'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain, type ManifestKey, requireKnownFormat } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import type { VaultStats } from './replication.ts'

const CACHE = z.object({ format: z.literal(1), added: z.record(z.string(), z.int()) })
const CACHE_FILE = 's3_stats_cache.json'
const NO_CLASS = 'STANDARD'

export async function stats(context: ReplicationContext, vault: Vault, borgId: string): Promise<VaultStats> {
  const chain = new Chain(vault, borgId)
  await requireKnownFormat(chain)
  const [format, manifests] = await Promise.all([chain.readFormat(), chain.listManifests()])
  const byStorageClass: Record<string, { objects: number; bytes: number }> = {}
  for await (const { size, storageClass } of vault.list(chain.keys.root)) {
    const { objects, bytes } = byStorageClass[storageClass ?? NO_CLASS] ?? { objects: 0, bytes: 0 }
    byStorageClass[storageClass ?? NO_CLASS] = { objects: objects + 1, bytes: bytes + size }
  }
  const groups = Object.values(byStorageClass)
  return {
    borgId,
    name: format?.name ?? borgId.slice(0, 12),
    generations: manifests.length,
    objects: groups.reduce((sum, { objects }) => sum + objects, 0),
    bytes: groups.reduce((sum, { bytes }) => sum + bytes, 0),
    byStorageClass,
    growth: await growthOf(context, chain, manifests),
    measuredAt: context.clock.now().toISOString(),
  }
}

async function growthOf(context: ReplicationContext, chain: Chain, manifests: readonly ManifestKey[]) {
  const file = `${context.stateDirectory}/${CACHE_FILE}`
  const known = await readCache(file)
  const present = new Set(manifests.map(({ ulid }) => ulid))
  const growth: { seq: number; at: string; bytes: number }[] = []
  let changed = false
  for (const { key, seq, ulid, facts } of manifests) {
    const bytes = known[ulid] ?? (await addedBytes(chain, key, present))
    changed ||= known[ulid] === undefined
    known[ulid] = bytes
    growth.push({ seq, at: facts.lastModified.toISOString(), bytes })
  }
  if (changed) await writeFileAtomic(file, `${JSON.stringify({ format: 1, added: known })}\n`)
  return growth.reverse()
}

/** Bytes of the blobs that the parent has not. The oldest that is left has all. */
async function addedBytes(chain: Chain, key: string, present: ReadonlySet<string>): Promise<number> {
  const generation = await chain.readManifest(key)
  const isParentThere = present.has(generation.manifest.parent?.ulid ?? '')
  const parent = isParentThere ? await chain.readParent(generation) : undefined
  const had = new Set(parent?.manifest.files.map(({ sha256 }) => sha256))
  let bytes = 0
  for (const { sha256, size } of generation.manifest.files) {
    if (had.has(sha256)) continue
    had.add(sha256)
    bytes += size
  }
  return bytes
}

/** Nothing where there is none, or one that cannot be read: it is only a cache. */
async function readCache(file: string): Promise<Record<string, number>> {
  try {
    return { ...CACHE.parse(JSON.parse((await readTextIfAny(file)) ?? '')).added }
  } catch {
    return {}
  }
}
