// Verification of what a vault holds, by levels: 1 every object is there with its size, 2 the vault's own checksums
// agree, 3 the bytes agree. What was found is kept in the vault, so that every machine can tell how sure a generation is.

import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import { type Manifest, parseBlobKey } from '../model/generation.ts'
import type { ObjectFacts, Vault } from '../vault/vault.ts'
import { Chain, requireKnownFormat } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { type LiveBlob, LiveObjects } from './live-objects.ts'
import { readManifests } from './manifests.ts'
import type { DamagedObject, VerifyInput, VerifyResult } from './replication.ts'
import { recordVerification } from './verifications.ts'

/** Levels 1 to 3 need one listing; 2 asks for every sampled object's facts, 3 for its bytes. */
export async function verify(
  context: ReplicationContext,
  vault: Vault,
  input: VerifyInput,
  handlers: StepHandlers,
): Promise<VerifyResult> {
  const chain = new Chain(vault, input.borgId)
  handlers.onProgress?.({ stage: 'read the manifests' })
  await requireKnownFormat(chain)
  const { live, manifests, unreadable } = await readLive(chain, input.generation)
  const found = await compareListing(chain, live, handlers)
  const sampled = sampleOf(live.sorted(), input.sample)
  const deep = await inspectBlobs(context, chain, sampled, input.level, found.present, handlers)
  const damaged = [...unreadable, ...found.damaged, ...deep.damaged]
  if (input.record ?? true) {
    handlers.onProgress?.({ stage: 'record the result' })
    await recordSound(context, chain, manifests, damaged, input)
  }
  return {
    level: input.level,
    generations: manifests.map(({ seq }) => seq),
    objects: input.level === 1 ? live.size : sampled.length,
    bytes: deep.bytes,
    damaged,
    // With one generation alone, all that others need would look like nobody's.
    unreferenced: input.generation === undefined ? found.unreferenced : { objects: 0, bytes: 0 },
  }
}

async function readLive(chain: Chain, only: number | undefined) {
  const live = new LiveObjects()
  const manifests: Manifest[] = []
  const unreadable: DamagedObject[] = []
  const keys = await chain.listManifests()
  for await (const found of readManifests(chain, only === undefined ? keys : keys.filter(({ seq }) => seq === only))) {
    if ('damage' in found) {
      unreadable.push({ key: found.key, problem: 'unreadable', paths: [], generations: [found.seq] })
      continue
    }
    live.add(found.manifest)
    // Its files are in `live` now, and would be in memory twice.
    manifests.push({ ...found.manifest, files: [], added: [], removed: [] })
  }
  if (manifests.length === 0 && unreadable.length === 0) throw noGeneration(only)
  return { live, manifests, unreadable }
}

function noGeneration(only: number | undefined): AppError {
  return new AppError('generation-unknown', 'there is nothing to verify', {
    reason: only === undefined ? 'the vault has no generation of this repository' : `it has no generation ${only}`,
    hint: 'see what is there with: borgboi s3 generations',
  })
}

/** Presence and size of every blob, and what nobody needs, from one listing. */
async function compareListing(chain: Chain, live: LiveObjects, handlers: StepHandlers) {
  const present = new Set<string>()
  const damaged: DamagedObject[] = []
  const unreferenced = { objects: 0, bytes: 0 }
  let objects = 0
  for await (const facts of chain.vault.list(chain.keys.objects)) {
    const blob = live.get(parseBlobKey(facts.key) ?? '')
    if (blob === undefined) {
      unreferenced.objects++
      unreferenced.bytes += facts.size
    } else {
      present.add(blob.sha256)
      if (facts.size !== blob.size) damaged.push(damagedBlob(chain, blob, 'size'))
    }
    if (++objects % 1000 === 0) handlers.onProgress?.({ stage: 'list the objects', files: objects })
  }
  for (const blob of live.sorted()) if (!present.has(blob.sha256)) damaged.push(damagedBlob(chain, blob, 'missing'))
  const wrong = new Set(damaged.map(({ key }) => key))
  const sound = new Set([...present].filter((sha256) => !wrong.has(chain.keys.blob(sha256))))
  return { present: sound, damaged, unreferenced }
}

/** Every `of`-th blob, so that all parts together are all blobs, whatever order they were written in. */
function sampleOf(blobs: readonly LiveBlob[], sample: VerifyInput['sample']): readonly LiveBlob[] {
  return sample === undefined ? blobs : blobs.filter((_blob, place) => place % sample.of === sample.part - 1)
}

async function inspectBlobs(
  { stop }: ReplicationContext,
  chain: Chain,
  blobs: readonly LiveBlob[],
  level: VerifyInput['level'],
  present: ReadonlySet<string>,
  handlers: StepHandlers,
): Promise<{ readonly damaged: DamagedObject[]; readonly bytes: number }> {
  const there = level === 1 ? [] : blobs.filter(({ sha256 }) => present.has(sha256))
  const totalBytes = there.reduce((sum, { size }) => sum + size, 0)
  const damaged: DamagedObject[] = []
  let [files, bytes] = [0, 0]
  await pLimit(chain.vault.concurrency).map(there, async (blob) => {
    const onBytes = (more: number) => {
      bytes += more
      handlers.onProgress?.({ stage: 'read the objects', files, bytes, totalBytes })
    }
    const problem = level === 2 ? await problemByFacts(chain, blob) : await problemByBytes(chain, blob, onBytes, stop)
    if (problem) damaged.push(damagedBlob(chain, blob, problem))
    files++
    if (level === 2) handlers.onProgress?.({ stage: 'ask for checksums', files, fraction: files / there.length })
  })
  return { damaged, bytes }
}

async function problemByFacts(chain: Chain, blob: LiveBlob): Promise<DamagedObject['problem'] | undefined> {
  const facts = await chain.vault.head(chain.keys.blob(blob.sha256))
  if (facts === undefined) return 'missing'
  return facts.size === blob.size ? problemOfChecksum(facts, blob) : 'size'
}

function problemOfChecksum(facts: ObjectFacts, blob: LiveBlob): DamagedObject['problem'] | undefined {
  return facts.sha256 === undefined || facts.sha256 === blob.sha256 ? undefined : 'checksum'
}

async function problemByBytes(
  chain: Chain,
  blob: LiveBlob,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<DamagedObject['problem'] | undefined> {
  const object = await chain.vault.get(chain.keys.blob(blob.sha256), { onBytes, signal })
  if (object === undefined || object === 'unchanged') return 'missing'
  const digest = createHash('sha256')
  for await (const part of object.body) digest.update(part)
  return digest.digest('hex') === blob.sha256 ? undefined : 'checksum'
}

function damagedBlob(chain: Chain, blob: LiveBlob, problem: DamagedObject['problem']): DamagedObject {
  const { paths, generations } = blob
  return { key: chain.keys.blob(blob.sha256), problem, paths, generations: generations.toSorted((a, b) => a - b) }
}

/** A generation in which nothing was found wrong has reached the level. */
async function recordSound(
  context: ReplicationContext,
  chain: Chain,
  manifests: readonly Manifest[],
  damaged: readonly DamagedObject[],
  { level, sample }: VerifyInput,
): Promise<void> {
  const affected = new Set(damaged.flatMap(({ generations }) => generations))
  for (const { seq } of manifests) {
    if (!affected.has(seq)) await recordVerification(context, chain, { seq, level, sample })
  }
}
