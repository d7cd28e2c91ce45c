// The middle of a push: the blobs, the manifest and the head, in this order. Or, where the parent is the same already,
// only what its head lacks.

import { type Manifest, ulidTime, VAULT_FORMAT, type VaultFormat } from '../model/generation.ts'
import type { Generation, StoredHead } from './chain.ts'
import { moveHead, writeManifest } from './commit.ts'
import type { HashedSnapshotFile } from './hash-snapshot.ts'
import { LEFTOVER_MAX_AGE_MS } from './leftovers.ts'
import { Mirror } from './mirror.ts'
import type { GenerationPlan, LocalState } from './plan.ts'
import { announce, type PushJob } from './push-job.ts'
import type { PushResult } from './replication.ts'
import type { Snapshot } from './snapshot.ts'
import type { Standing } from './standing.ts'
import { type Sent, uploadBlobs } from './upload.ts'

export interface Made {
  readonly head: StoredHead
  readonly result: PushResult
}

/** 4 to 7: the blobs, the manifest, the head, and the head read back. */
export async function makeGeneration(
  job: PushJob,
  standing: Standing,
  snapshot: Snapshot,
  state: LocalState<HashedSnapshotFile>,
  plan: GenerationPlan<HashedSnapshotFile>,
): Promise<Made> {
  const { context, chain, records, options, handlers } = job
  const isResumed = records.pendingId !== undefined
  const isFirst = standing.parent === undefined
  const mirror = isFirst && options.mirror ? await Mirror.open(options.mirror, chain.repoId) : undefined
  if (isFirst) await claimPlace(job)
  const pushId = context.host.newId()
  await records.begin(pushId)
  announce(job, 'upload')
  const { copied, ...sent } = await upload(job, plan.blobs, isResumed || isFirst, mirror)
  // What the push that was cut off had begun and this one did not go on with: its file is another one now.
  if (isResumed) await chain.vault.sweepUnfinished(chain.keys.objects, context.clock.now())
  announce(job, 'write the manifest')
  const manifest = await manifestOf(job, standing, snapshot, state, plan, pushId)
  const { ref, bytes } = await writeManifest(chain, manifest, options.conditionalWrites)
  announce(job, 'move the head')
  const head = await moveHead(context, chain, standing, ref, {
    conditionalWrites: options.conditionalWrites,
    onReadBack: () => announce(job, 'read back'),
  })
  await records.keepManifest(bytes)
  const { suspicious, totals } = plan
  if (suspicious) {
    const message = `generation ${ref.seq} looks like a loss: ${suspicious}; nothing expires until you say that it is meant: borgboi s3 sync --accept-loss`
    handlers.onWarning?.({ kind: 'off-site', message })
  }
  return {
    head,
    result: {
      outcome: 'pushed',
      seq: ref.seq,
      ...sent,
      totals,
      ...(suspicious === undefined ? {} : { suspicious }),
      ...(mirror && { copied }),
    },
  }
}

/** Nothing to send. The head may still have to be written anew, or be one of ours that was never heard of. */
export async function keepGeneration(job: PushJob, standing: Standing, { ref, manifest }: Generation): Promise<Made> {
  const { context, chain, records, options } = job
  const isUnheard = records.pendingId === ref.ulid
  const head =
    standing.head ??
    (await moveHead(context, chain, standing, ref, {
      conditionalWrites: options.conditionalWrites,
      onReadBack: () => announce(job, 'read back'),
    }))
  const outcome = standing.head && !isUnheard ? 'unchanged' : 'adopted'
  return { head, result: { outcome, seq: ref.seq, objects: 0, bytes: 0, totals: manifest.totals } }
}

/** Says whose place this is, before anything else is there. @throws AppError `vault-newer`, `vault-damaged` */
async function claimPlace({ context, chain, repository, options, handlers }: PushJob): Promise<void> {
  const { conditionalWrites } = options
  const format: VaultFormat = {
    format: VAULT_FORMAT,
    repoId: chain.repoId,
    name: repository.name,
    createdAt: context.clock.now().toISOString(),
  }
  if (!conditionalWrites) {
    const message = `${chain.vault.url} does not keep conditional writes: a second writer is noticed only afterwards`
    handlers.onWarning?.({ kind: 'off-site', message })
  }
  const isNew = conditionalWrites || (await chain.readFormat()) === undefined
  const written = isNew && (await chain.putJson(chain.keys.format, format, conditionalWrites ? 'absent' : 'any'))
  if (!written) await chain.readFormat()
}

async function upload(
  job: PushJob,
  blobs: readonly HashedSnapshotFile[],
  expectLeftovers: boolean,
  mirror: Mirror | undefined,
): Promise<Sent> {
  const { context, chain, options, handlers } = job
  const startedMs = context.clock.monotonicMs()
  const { conditionalWrites } = options
  const takeOverMs = expectLeftovers ? LEFTOVER_MAX_AGE_MS : undefined
  const sent = await uploadBlobs(context, chain, blobs, { conditionalWrites, takeOverMs, mirror }, handlers)
  // So long that a collection may have taken for garbage what was sent first: send again what is not there any more.
  if (context.clock.monotonicMs() - startedMs > LEFTOVER_MAX_AGE_MS) {
    const takeOverAll = { conditionalWrites, takeOverMs: Number.POSITIVE_INFINITY }
    await uploadBlobs(context, chain, blobs, takeOverAll, handlers)
  }
  return sent
}

async function manifestOf(
  { context, chain }: PushJob,
  { parent, epoch }: Standing,
  { transactionId, segmentsPerDir }: Snapshot,
  { nonce, files }: LocalState,
  { seq, totals, added, removed, suspicious }: GenerationPlan,
  ulid: string,
): Promise<Manifest> {
  return {
    format: VAULT_FORMAT,
    repoId: chain.repoId,
    seq,
    ulid,
    ...(parent ? { parent: parent.ref } : {}),
    createdAt: ulidTime(ulid).toISOString(),
    writer: { installId: await context.installId(), host: context.host.hostname, epoch },
    tool: context.tool,
    borg: {
      transactionId,
      segmentsPerDir,
      ...(nonce === undefined ? {} : { nonce }),
    },
    totals,
    added,
    removed,
    ...(suspicious === undefined ? {} : { suspicious }),
    files,
  }
}
