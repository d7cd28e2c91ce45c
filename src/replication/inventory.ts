// What a collection of garbage goes by: the generations of a chain, which of them the policy gives up, which have been
// expired for long enough, and every blob that what remains needs. Whatever is doubtful makes it unsafe to delete.

import { type Chain, type ManifestKey, readableHead } from './chain.ts'
import { readManifests } from './manifests.ts'
import { isExpired, type Marker, readMarkers } from './markers.ts'
import { planExpiry } from './plan-expiry.ts'
import type { CollectInput } from './replication.ts'
import { listVerifications, type Verification } from './verifications.ts'

interface Sized {
  readonly key: string
  readonly size: number
}

export interface Inventory {
  /** Why nothing may be deleted; empty where it may. */
  readonly unsafe: readonly string[]
  /** Why less expires than the policy says. */
  readonly held: readonly string[]
  /** Generations that stay. */
  readonly keep: readonly number[]
  /** To be marked as expired now. */
  readonly expire: readonly ManifestKey[]
  /** Expired for long enough. */
  readonly collectable: readonly {
    readonly seq: number
    readonly manifest: Sized
    readonly verifications: readonly Sized[]
  }[]
  /** ULIDs of the generations that are there after the collectable ones are gone. */
  readonly remaining: ReadonlySet<string>
  /** Hashes of the blobs that those need. */
  readonly live: ReadonlySet<string>
  readonly markers: readonly Marker[]
}

/** A generation without its list of files, which is in `live`. */
interface Known {
  readonly named: ManifestKey
  readonly parent: string | undefined
  readonly suspicious: boolean
}

export async function readInventory(
  chain: Chain,
  { policy, graceMs, now }: Pick<CollectInput, 'policy' | 'graceMs'> & { readonly now: Date },
): Promise<Inventory> {
  // Markers before manifests: a generation whose marker is not seen here is not collected here.
  const markers = await readMarkers(chain)
  const verifications = await listVerifications(chain)
  const keys = await chain.listManifests()
  const head = await readableHead(chain)
  const settled = new Set(
    markers.filter((marker) => now.getTime() - marker.writtenAt.getTime() >= graceMs).flatMap(ulidOf),
  )
  const marked = new Set(markers.flatMap(ulidOf))

  const tip = head?.head.pushId
  const isCollectable = (ulid: string) => settled.has(ulid) && ulid !== tip

  const known = new Map<string, Known>()
  const live = new Set<string>()
  const unsafe: string[] = head ? [] : ['the head is missing or cannot be read: push once, then collect']
  for await (const found of readManifests(chain, keys)) {
    if ('damage' in found) {
      unsafe.push(`the manifest of generation ${found.seq} cannot be read: ${found.damage.reason}`)
      continue
    }
    const { parent, suspicious, files } = found.manifest
    known.set(found.ulid, {
      named: { key: found.key, seq: found.seq, ulid: found.ulid, facts: found.facts },
      parent: parent?.ulid,
      suspicious: suspicious !== undefined,
    })
    if (!isCollectable(found.ulid)) for (const { sha256 } of files) live.add(sha256)
  }

  const onChain = chainFrom(tip, known)
  const unmarked = [...known.values()].filter(({ named }) => !marked.has(named.ulid))
  const candidates = unmarked.filter((one) => onChain.has(one))
  const plan = planExpiry(
    candidates.map(({ named, suspicious }) => {
      return { seq: named.seq, at: named.facts.lastModified, suspicious, verified: deepest(verifications, named.seq) }
    }),
    policy,
    now,
  )
  const expire = [
    ...candidates.filter(({ named }) => plan.expire.includes(named.seq)),
    // Pushes that were cut off, or lost a race: newer ones than the head may still be under way.
    ...unmarked.filter((one) => !onChain.has(one) && one.named.seq <= (head?.head.seq ?? 0)),
  ]
  const collectable = [...known.values()].filter(({ named }) => isCollectable(named.ulid))
  return {
    unsafe: head ? [...unsafe, ...forksIn(known, onChain)] : unsafe,
    held: plan.held === undefined ? [] : [plan.held],
    keep: plan.keep,
    expire: expire.map(({ named }) => named).toSorted((a, b) => b.seq - a.seq),
    collectable: collectable.map((one) => ({
      seq: one.named.seq,
      manifest: { key: one.named.key, size: one.named.facts.size },
      // Those of a cut push's number belong to the generation that has it.
      verifications: onChain.has(one) ? sizedOf(verifications, one.named.seq) : [],
    })),
    remaining: new Set([...known.keys()].filter((ulid) => !isCollectable(ulid))),
    live,
    markers,
  }
}

function ulidOf(marker: Marker): string[] {
  return isExpired(marker) ? [marker.document.ulid] : []
}

/**
 * The generations that lead to the head. Expired ones leave gaps: below a gap no parent tells which manifest of a number
 * is the chain's, and what may be is kept by the policy as if it were.
 */
function chainFrom(tip: string | undefined, known: ReadonlyMap<string, Known>): Set<Known> {
  const head = tip === undefined ? undefined : known.get(tip)
  if (head === undefined) return new Set()
  const older = [...known.values()].filter(({ named }) => named.seq < head.named.seq)
  const bySeq = [...Map.groupBy(older, ({ named }) => named.seq)].toSorted(([a], [b]) => b - a)
  const chain = new Set([head])
  let above = [head]
  for (const [seq, rivals] of bySeq) {
    const isBelowGap = above[0]?.named.seq !== seq + 1
    const members = isBelowGap
      ? rivals
      : rivals.filter(({ named }) => above.some(({ parent }) => parent === named.ulid))
    for (const member of members) chain.add(member)
    above = members
  }
  return chain
}

/** A generation beside the chain that others build on: somebody believes that it is the right one. */
function forksIn(known: ReadonlyMap<string, Known>, onChain: ReadonlySet<Known>): string[] {
  return [...known.values()].flatMap((child) => {
    const parent = child.parent === undefined ? undefined : known.get(child.parent)
    if (parent === undefined || onChain.has(parent) || onChain.has(child)) return []
    return [`generation ${child.named.seq} (${child.named.ulid}) continues another chain than the head's`]
  })
}

function deepest(verifications: readonly Verification[], seq: number): Verification['level'] | undefined {
  const levels = verifications.flatMap((one) => (one.seq === seq && one.sample === undefined ? [one.level] : []))
  return levels.length === 0 ? undefined : (Math.max(...levels) as Verification['level'])
}

function sizedOf(verifications: readonly (Verification & { readonly key: string })[], seq: number): Sized[] {
  return verifications.filter((one) => one.seq === seq).map(({ key }) => ({ key, size: 0 }))
}
