// How deep a generation was verified, kept in the vault as small objects whose names tell everything, so that a listing
// answers for every generation at once. Parts of a sampled verification count once all of them are there.

import type { Chain } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import type { VerifyInput, VerifyLevel } from './replication.ts'

export interface Verification {
  readonly seq: number
  readonly level: VerifyLevel
  /** Sorts by time. */
  readonly ulid: string
  /** Absent: of all its blobs. */
  readonly sample?: VerifyInput['sample']
}

const NAME = /\/verified\/(\d{12})-V([0-4])-(?:(\d{1,6})of(\d{1,6})-)?([0-9A-HJKMNP-TV-Z]{26})\.json$/

/** Undefined for the key of anything else. */
export function parseVerificationKey(key: string): Verification | undefined {
  const [, seq, level, part, of, ulid] = NAME.exec(key) ?? []
  if (seq === undefined || level === undefined || ulid === undefined) return undefined
  const sample = part === undefined || of === undefined ? undefined : { part: Number(part), of: Number(of) }
  return { seq: Number(seq), level: Number(level) as VerifyLevel, ulid, sample }
}

/** Every verification in the vault, oldest first for each generation and level. */
export async function listVerifications(chain: Chain): Promise<(Verification & { readonly key: string })[]> {
  const found: (Verification & { readonly key: string })[] = []
  for await (const { key } of chain.vault.list(chain.keys.verifications)) {
    const verification = parseVerificationKey(key)
    if (verification) found.push({ ...verification, key })
  }
  return found.toSorted((a, b) => (a.ulid < b.ulid ? -1 : 1))
}

export async function recordVerification(
  context: ReplicationContext,
  chain: Chain,
  reached: Omit<Verification, 'ulid'>,
): Promise<void> {
  await put(context, chain, reached)
  if (reached.sample === undefined || !(await isCovered(chain, reached, reached.sample.of))) return
  await put(context, chain, { seq: reached.seq, level: reached.level })
}

/** Are all parts there since the last time that all of them were? */
async function isCovered(chain: Chain, { seq, level }: Omit<Verification, 'ulid'>, of: number): Promise<boolean> {
  const same = (await listVerifications(chain)).filter((other) => other.seq === seq && other.level === level)
  const lastWhole = same.findLast(({ sample }) => sample === undefined)?.ulid ?? ''
  const parts = same.flatMap(({ sample, ulid }) => (sample?.of === of && ulid > lastWhole ? [sample.part] : []))
  return new Set(parts).size === of
}

async function put(
  { clock, host, tool }: ReplicationContext,
  chain: Chain,
  { seq, level, sample }: Omit<Verification, 'ulid'>,
): Promise<void> {
  const id = sample === undefined ? host.newId() : `${sample.part}of${sample.of}-${host.newId()}`
  const at = clock.now().toISOString()
  const document = { format: 1, seq, level, at, host: host.hostname, tool, ...(sample && { sample }) }
  await chain.putJson(chain.keys.verification(seq, level, id), document, 'absent')
}
