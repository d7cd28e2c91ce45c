// Which generation a person means: the head, a number, a time, or exactly the one whose hash was written down.

import { AppError } from '../errors.ts'
import { ulidTime } from '../model/generation.ts'
import { formatMinute } from '../model/words.ts'
import { type Chain, findTip, type Generation, type ManifestKey } from './chain.ts'
import { type ChainMap, mapChain } from './chain-map.ts'
import { damaged } from './documents.ts'
import type { GenerationChoice } from './replication.ts'

/**
 * Expired generations can be chosen as long as they are there. @throws AppError `value-invalid`, `generation-unknown`,
 * `chain-forked`, `vault-damaged`, `vault-newer`
 */
export async function chooseGeneration(chain: Chain, choice: GenerationChoice): Promise<Generation> {
  if (choice.expect !== undefined) return await readExpected(chain, choice.expect, choice)
  const tip = choice.generation === undefined && choice.asOf === undefined ? await findTip(chain) : undefined
  if (tip) return tip
  const map = await mapChain(chain)
  if (map.places.length === 0) throw unknown(chain, 'nothing of this repository was ever pushed there')
  const seq = choice.generation ?? (choice.asOf ? asOfSeq(map, choice.asOf, chain) : 0)
  return await readPlace(chain, map, seq)
}

/** By the times in the ULIDs: the manifests need not be read. Their numbers decide the order, as clocks may jump. */
function asOfSeq(map: ChainMap, asOf: Date, chain: Chain): number {
  const onChain = map.places.filter(({ state }) => state === 'head' || state === 'kept')
  const chosen = onChain.find(({ named }) => ulidTime(named.ulid) <= asOf)
  if (chosen) return chosen.named.seq
  const oldest = onChain.at(-1)
  throw unknown(
    chain,
    oldest
      ? `the oldest one, generation ${oldest.named.seq}, is of ${formatMinute(ulidTime(oldest.named.ulid))}, after ${formatMinute(asOf)}`
      : 'none is on its chain',
  )
}

async function readPlace(chain: Chain, map: ChainMap, seq: number): Promise<Generation> {
  const places = map.places.filter(({ named }) => named.seq === seq)
  const onChain = places.find(({ state }) => state === 'head' || state === 'kept')
  if (onChain?.state === 'head') {
    return await chain.readManifest(onChain.named.key, map.head?.head.manifestSha256)
  }
  if (onChain) return await chain.readManifest(onChain.named.key)
  // An orphan is complete, and somebody who asks for its number wants just that; of several it cannot be told which.
  const [only, other] = places
  if (only && other === undefined) return await chain.readManifest(only.named.key)
  if (only === undefined) throw unknown(chain, `there is no generation ${seq}`)
  throw new AppError('chain-forked', `there is more than one generation ${seq} in ${chain.vault.url}`, {
    reason: 'which of them is meant cannot be told by the number',
    hint: 'name it by its hash, with --expect and what borgboi s3 describe said when it was pushed',
  })
}

/** @throws AppError `vault-damaged` where the vault has that number with other content */
async function readExpected(chain: Chain, expect: string, { generation, asOf }: GenerationChoice): Promise<Generation> {
  const [, number, sha256] = /^([1-9]\d{0,11}):([0-9a-f]{64})$/.exec(expect) ?? []
  const seq = Number(number)
  if (sha256 === undefined || asOf !== undefined || (generation ?? seq) !== seq) {
    throw new AppError('value-invalid', `cannot look for the generation ${JSON.stringify(expect)}`, {
      reason:
        sha256 === undefined
          ? 'it is not a number, a colon and 64 hex digits'
          : 'another generation was asked for at the same time',
      hint: 'write it as borgboi s3 describe shows it, like 12:9f86d0…, and no --generation or --as-of beside it',
    })
  }
  const candidates = (await chain.listManifests()).filter((named) => named.seq === seq)
  if (candidates.length === 0) throw unknown(chain, `there is no generation ${seq}`)
  const found = await firstOfHash(chain, candidates, sha256)
  if (found) return found
  throw damaged(candidates[0]?.key ?? '', `it is not the generation that is expected: its hash is not ${sha256}`)
}

async function firstOfHash(chain: Chain, candidates: readonly ManifestKey[], sha256: string) {
  for (const { key } of candidates) {
    try {
      return await chain.readManifest(key, sha256)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'vault-damaged') throw error
    }
  }
  return undefined
}

function unknown(chain: Chain, reason: string): AppError {
  return new AppError('generation-unknown', `no such generation in ${chain.vault.url}`, {
    reason,
    hint: 'see what is there with: borgboi s3 generations',
  })
}
