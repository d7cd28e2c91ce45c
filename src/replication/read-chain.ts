// What is in a vault, for people to choose from: its repositories, and the generations of one of them.

import pLimit from 'p-limit'
import { AppError } from '../errors.ts'
import { ulidTime } from '../model/generation.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain, readableHead } from './chain.ts'
import { type ChainMap, mapChain } from './chain-map.ts'
import { chooseGeneration } from './choose-generation.ts'
import { isExpired, readMarkers } from './markers.ts'
import type { ChainReport, GenerationChoice, GenerationSummary, Replication, VaultRepository } from './replication.ts'
import { listVerifications, type Verification } from './verifications.ts'

export async function readRepositories(vault: Vault): Promise<readonly VaultRepository[]> {
  const ids = (await vault.listDirectories('')).filter((name) => /^[0-9a-f]{64}$/.test(name))
  const limit = pLimit(vault.concurrency)
  return await Promise.all(ids.map((id) => limit(() => readRepository(new Chain(vault, id)))))
}

async function readRepository(chain: Chain): Promise<VaultRepository> {
  const [format, stored] = await Promise.all([unlessDamaged(chain.readFormat(), []), readableHead(chain)])
  return {
    borgId: chain.repoId,
    name: format?.name ?? shortId(chain),
    ...(format && { createdAt: format.createdAt }),
    ...(stored && { head: { seq: stored.head.seq, updatedAt: stored.head.updatedAt, epoch: stored.head.epoch } }),
  }
}

export async function readGenerations(vault: Vault, borgId: string): Promise<ChainReport> {
  const chain = new Chain(vault, borgId)
  const problems: string[] = []
  const [format, map, verifications, expired] = await Promise.all([
    unlessDamaged(chain.readFormat(), problems),
    mapChain(chain),
    listVerifications(chain),
    readExpired(chain, problems),
  ])
  return {
    repoId: borgId,
    name: format?.name ?? shortId(chain),
    epoch: map.head?.head.epoch ?? (await tipEpoch(chain, map)),
    generations: map.places.map(({ named, state }): GenerationSummary => {
      const { seq, ulid, facts } = named
      const onChain = state === 'head' || state === 'kept'
      // A verification tells the number only, so that it says nothing of another generation of the same number.
      const deepest = onChain ? deepestOf(verifications, seq) : undefined
      return {
        seq,
        ulid,
        createdAt: ulidTime(ulid),
        manifestBytes: facts.size,
        state: state === 'kept' && expired.has(ulid) ? 'expired' : state,
        ...(deepest && { verified: { level: deepest.level, at: ulidTime(deepest.ulid) } }),
      }
    }),
    problems: [...map.problems, ...problems],
  }
}

/** @throws AppError `generation-unknown`, `chain-forked`, `vault-damaged` */
export async function describeGeneration(
  vault: Vault,
  borgId: string,
  choice: GenerationChoice,
): ReturnType<Replication['describe']> {
  return await chooseGeneration(new Chain(vault, borgId), choice)
}

/** Parts of a sampled verification do not count: only together they cover all. */
function deepestOf(verifications: readonly Verification[], seq: number): Verification | undefined {
  return verifications
    .filter((one) => one.seq === seq && one.sample === undefined)
    .reduce<Verification | undefined>((best, one) => (best && best.level > one.level ? best : one), undefined)
}

async function tipEpoch(chain: Chain, { places }: ChainMap): Promise<number> {
  const tip = places.find(({ state }) => state === 'head')
  return tip ? (await chain.readManifest(tip.named.key)).manifest.writer.epoch : 0
}

async function readExpired(chain: Chain, problems: string[]): Promise<ReadonlySet<string>> {
  const markers = await unlessDamaged(readMarkers(chain), problems)
  return new Set(markers?.filter(isExpired).map(({ document }) => document.ulid))
}

async function unlessDamaged<T>(reading: Promise<T>, problems: string[]): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'vault-damaged') throw error
    problems.push(`${String(error.context['key'])} cannot be read: ${error.reason}`)
    return undefined
  }
}

function shortId(chain: Chain): string {
  return chain.repoId.slice(0, 12)
}
