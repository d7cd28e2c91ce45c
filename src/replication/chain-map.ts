// Which of the stored manifests are the chain: those that parent links reach from the head. Names alone tell it as long
// as every number is there once; only where several manifests have one number are their successors read.

import { AppError } from '../errors.ts'
import type { Manifest } from '../model/generation.ts'
import { type Chain, type ManifestKey, rebuildTip, type StoredHead } from './chain.ts'

/** `orphan`: nothing was built on it, a push that was cut off or came second. `fork`: it may be needed by somebody. */
export type PlaceState = 'head' | 'kept' | 'orphan' | 'fork'

export interface Place {
  readonly named: ManifestKey
  readonly state: PlaceState
}

export interface ChainMap {
  /** Absent where it is missing or garbage. */
  readonly head?: StoredHead
  /** Newest first. */
  readonly places: readonly Place[]
  /** In words, empty when all is well. */
  readonly problems: readonly string[]
}

export async function mapChain(chain: Chain): Promise<ChainMap> {
  const problems: string[] = []
  const head = await readHeadOr(chain, problems)
  const manifests = await chain.listManifests()
  const tip = head
    ? { seq: head.head.seq, ulid: head.head.pushId }
    : await rebuildOr(chain, manifests.length > 0, problems)
  const reader = new SuccessorReader(chain, manifests, problems)
  const places: Place[] = []
  let above: string | undefined
  for (const seq of reader.numbers()) {
    const rivals = reader.at(seq)
    const member = await memberAt(reader, rivals, tip, above, problems)
    places.push(...(await placesAt(reader, seq, rivals, member, tip)))
    above = member?.ulid
  }
  if (head && !places.some(({ state }) => state === 'head')) {
    problems.push(`generation ${head.head.seq}, which the head names, is not in the vault`)
  }
  problems.push(...forkProblems(places, tip))
  return { ...(head && { head }), places, problems }
}

interface Tip {
  readonly seq: number
  readonly ulid: string
}

/** The one of these that is on the chain; undefined where none is, or it cannot be told. */
async function memberAt(
  reader: SuccessorReader,
  rivals: readonly ManifestKey[],
  tip: Tip | undefined,
  above: string | undefined,
  problems: string[],
): Promise<ManifestKey | undefined> {
  const [first] = rivals
  if (first === undefined || (tip && first.seq > tip.seq)) return undefined
  if (first.seq === tip?.seq) return rivals.find(({ ulid }) => ulid === tip.ulid)
  if (rivals.length === 1) return first
  const successors = await reader.successorsOf(first.seq)
  const parent = successors.find(({ ulid }) => ulid === above)?.parent
  const member = rivals.find(({ ulid }) => ulid === parent?.ulid)
  if (tip && member === undefined) {
    problems.push(`which of the ${rivals.length} generations ${first.seq} is on the chain cannot be told`)
  }
  return member
}

async function placesAt(
  reader: SuccessorReader,
  seq: number,
  rivals: readonly ManifestKey[],
  member: ManifestKey | undefined,
  tip: Tip | undefined,
): Promise<Place[]> {
  const isAbove = tip !== undefined && seq > tip.seq
  // One manifest above the head is a push that was cut off. Two numbers above it cannot come about: the second is only
  // made once the first is the head, so the head was set back, and what is above it is nobody's to throw away.
  const wasSetBack = isAbove && reader.newest() > tip.seq + 1
  // Where the chain itself is unknown, so is what does not belong to it.
  const isUnknown = member === undefined && !isAbove && seq !== tip?.seq
  const others = rivals.filter((named) => named !== member)
  const built = others.length === 0 || isAbove ? [] : await reader.successorsOf(seq)
  return rivals
    .map((named): Place => {
      if (named === member) return { named, state: seq === tip?.seq ? 'head' : 'kept' }
      const hasChildren = built.some(({ parent }) => parent?.ulid === named.ulid)
      return { named, state: wasSetBack || isUnknown || hasChildren ? 'fork' : 'orphan' }
    })
    .toReversed()
}

function forkProblems(places: readonly Place[], tip: Tip | undefined): string[] {
  const forks = new Set(places.filter(({ state }) => state === 'fork').map(({ named }) => named.seq))
  return [...forks]
    .toSorted((a, b) => a - b)
    .map((seq) =>
      tip && seq > tip.seq
        ? `generation ${seq} is newer than the head, which names ${tip.seq}: the head was set back`
        : `there is a generation ${seq} that is not on the chain and that others were built on, or may have been`,
    )
}

async function readHeadOr(chain: Chain, problems: string[]): Promise<StoredHead | undefined> {
  try {
    return await chain.readHead()
  } catch (error) {
    problems.push(`the head cannot be read: ${damageOf(error)}`)
    return undefined
  }
}

async function rebuildOr(chain: Chain, hasManifests: boolean, problems: string[]): Promise<Tip | undefined> {
  if (!hasManifests) return undefined
  if (problems.length === 0) problems.push('the head is missing: the newest generation is taken for it')
  try {
    return (await rebuildTip(chain))?.manifest
  } catch (error) {
    if (error instanceof AppError && error.code === 'chain-forked') {
      problems.push(`${error.message}: ${error.reason}`)
      return undefined
    }
    problems.push(`the newest generation cannot be read: ${damageOf(error)}`)
    return undefined
  }
}

function damageOf(error: unknown): string {
  if (error instanceof AppError && error.code === 'vault-damaged') return error.reason ?? error.message
  throw error
}

/** The manifests by their number, and what those of the next number say about their parents. */
class SuccessorReader {
  readonly #chain: Chain
  readonly #bySeq: Map<number, ManifestKey[]>
  readonly #read = new Map<number, Promise<readonly Pick<Manifest, 'ulid' | 'parent'>[]>>()
  readonly #problems: string[]

  constructor(chain: Chain, manifests: readonly ManifestKey[], problems: string[]) {
    this.#chain = chain
    this.#bySeq = Map.groupBy(manifests, ({ seq }) => seq)
    this.#problems = problems
  }

  /** Newest first. */
  numbers(): number[] {
    return [...this.#bySeq.keys()].toSorted((a, b) => b - a)
  }

  newest(): number {
    return this.numbers()[0] ?? 0
  }

  at(seq: number): readonly ManifestKey[] {
    return this.#bySeq.get(seq) ?? []
  }

  successorsOf(seq: number): Promise<readonly Pick<Manifest, 'ulid' | 'parent'>[]> {
    const known = this.#read.get(seq) ?? Promise.all(this.at(seq + 1).map((named) => this.#parentOf(named)))
    this.#read.set(seq, known)
    return known
  }

  async #parentOf({ key, seq, ulid }: ManifestKey): Promise<Pick<Manifest, 'ulid' | 'parent'>> {
    try {
      // Not the manifest itself: its list of files would stay in memory.
      const { parent } = (await this.#chain.readManifest(key)).manifest
      return { ulid, ...(parent && { parent }) }
    } catch (error) {
      this.#problems.push(`generation ${seq} cannot be read: ${damageOf(error)}`)
      return { ulid }
    }
  }
}
