// The last steps of whoever takes over as the writer, in the order that makes them safe: fence the old writer off, then
// raise the counter above all that was pushed until then, then record it as a generation of its own. Killed in between,
// the old writer stays fenced off and the next try raises again.

import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import { type GenerationRef, type Manifest, type ManifestFile, ulidTime } from '../model/generation.ts'
import { lstatIfAny, readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { type Chain, contentOf, type Generation, type StoredHead } from './chain.ts'
import { moveHead, writeManifest } from './commit.ts'
import type { ReplicationContext } from './context.ts'
import { raisedCounter } from './counter.ts'
import { requireStillThere } from './expiry.ts'
import { fenceOff } from './fence.ts'
import type { Takeover } from './replication.ts'

/** The repository that becomes the writable one. */
export interface Successor {
  readonly directory: string
  /** Whose files it has. */
  readonly generation: Generation
  /** Those of them that are there. */
  readonly files: readonly ManifestFile[]
  /** Only while it is the head: a newer one would be set aside by taking over. */
  readonly mustBeHead: boolean
  readonly conditionalWrites: boolean
}

/**
 * The generation it records has the successor's files, also where they are older than the head's: the chain goes on
 * from them. It holds the raised counter, so that a later takeover on a third machine, which knows nothing but the
 * vault, starts above it. @throws AppError `push-conflict`, `generation-expired`, `vault-damaged`
 */
export async function takeOver(
  context: ReplicationContext,
  chain: Chain,
  successor: Successor,
  handlers: StepHandlers,
): Promise<Takeover> {
  const { generation, directory } = successor
  handlers.onProgress?.({ stage: 'fence the old writer' })
  const fenced = await fenceOff(context, chain, {
    expectUlid: successor.mustBeHead ? generation.ref.ulid : undefined,
    conditionalWrites: successor.conditionalWrites,
  })

  handlers.onProgress?.({ stage: 'raise the counter' })
  const own = [generation.manifest.borg.nonce, await readCounter(directory)]
  const counter = await raisedCounter(chain, fenced.head.seq, own, handlers)
  if (counter !== undefined) await writeCounter(directory, counter)

  handlers.onProgress?.({ stage: 'record the takeover' })
  await requireStillThere(chain, generation.ref)
  return await record(context, chain, fenced, successor, counter)
}

async function record(
  context: ReplicationContext,
  chain: Chain,
  fenced: StoredHead,
  { generation, files, conditionalWrites }: Successor,
  counter: string | undefined,
): Promise<Takeover> {
  const { head } = fenced
  const parent: GenerationRef = { seq: head.seq, ulid: head.pushId, sha256: head.manifestSha256 }
  const ulid = context.host.newId()
  const own = counter === undefined ? files : withCounter(files, await storeCounter(chain, counter, conditionalWrites))
  const manifest: Manifest = {
    ...generation.manifest,
    seq: head.seq + 1,
    ulid,
    parent,
    createdAt: ulidTime(ulid).toISOString(),
    writer: { installId: head.writerId, host: context.host.hostname, epoch: head.epoch },
    tool: context.tool,
    borg: { ...generation.manifest.borg, ...(counter !== undefined && { nonce: counter }) },
    totals: { files: own.length, bytes: own.reduce((bytes, { size }) => bytes + size, 0) },
    ...difference(await filesOf(chain, parent), own),
    restoredFrom: generation.manifest.seq,
    files: own,
  }
  const { ref } = await writeManifest(chain, manifest, conditionalWrites)
  const standing = { head: fenced, headIs: { etag: fenced.etag }, epoch: head.epoch }
  await moveHead(context, chain, standing, ref, { conditionalWrites, onReadBack: () => {} })
  return { seq: ref.seq, epoch: head.epoch }
}

function withCounter(files: readonly ManifestFile[], counter: ManifestFile): ManifestFile[] {
  return [...files.filter(({ path }) => path !== counter.path), counter].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function storeCounter(chain: Chain, counter: string, conditionalWrites: boolean): Promise<ManifestFile> {
  const content = contentOf(Buffer.from(counter))
  const key = chain.keys.blob(content.sha256)
  const { stored } = await chain.vault.put(key, content, conditionalWrites ? 'absent' : 'any')
  // Left by a takeover that was cut off: stored again it is as young as its generation, and no collection takes it.
  if (!stored) await chain.vault.put(key, content, 'any')
  return { path: 'nonce', size: content.size, sha256: content.sha256, role: 'nonce' }
}

/** Empty where the manifest is damaged: what was added is for people only. */
async function filesOf(chain: Chain, { seq, ulid, sha256 }: GenerationRef): Promise<readonly ManifestFile[]> {
  try {
    return (await chain.readManifest(chain.keys.manifest(seq, ulid), sha256)).manifest.files
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-damaged') return []
    throw error
  }
}

function difference(before: readonly ManifestFile[], after: readonly ManifestFile[]) {
  const hashes = new Map(before.map(({ path, sha256 }) => [path, sha256]))
  const added = after.filter(({ path, sha256 }) => hashes.get(path) !== sha256).map(({ path }) => path)
  for (const { path } of after) hashes.delete(path)
  return { added, removed: [...hashes.keys()] }
}

async function readCounter(directory: string): Promise<string | undefined> {
  const text = (await readTextIfAny(`${directory}/nonce`))?.trim()
  return text !== undefined && /^[0-9a-f]{1,16}$/i.test(text) ? text : undefined
}

/** A new file in its place: a replica shares the old one with earlier generations. */
async function writeCounter(directory: string, counter: string): Promise<void> {
  const path = `${directory}/nonce`
  const facts = await lstatIfAny(path)
  await writeFileAtomic(path, counter, facts ? { mode: facts.mode & 0o777 } : {})
  const written = await readCounter(directory)
  if (written !== undefined && BigInt(`0x${written}`) === BigInt(`0x${counter}`)) return
  throw new AppError('file-unusable', `cannot raise the counter in ${path}`, {
    reason: `it was written as ${counter} and reads as ${written ?? 'something else'}`,
    hint: 'do not write to this repository; look at its disk, then run the same command again',
  })
}
