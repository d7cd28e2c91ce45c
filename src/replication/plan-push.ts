// What a push would do: the same looks at the vault and at the repository, and nothing is written anywhere.

import type { ManifestFile } from '../model/generation.ts'
import type { Vault } from '../vault/vault.ts'
import type { ReplicationContext } from './context.ts'
import { HashCache } from './hashes.ts'
import { Mirror } from './mirror.ts'
import { bytesOf, type LocalState, planGeneration, requestsOf } from './plan.ts'
import { onStillRepository, openPush, readState } from './push-job.ts'
import type { LocalRepository, PushOptions, PushPlan } from './replication.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { readHead, readStanding } from './standing.ts'

/** Before the first push no file is read: the same content in two files counts twice then. */
export async function planPush(
  context: ReplicationContext,
  vault: Vault,
  repository: LocalRepository,
  options: PushOptions,
): Promise<PushPlan> {
  const job = await openPush(context, vault, repository, options, {})
  const head = await readHead(job.chain, job.records)
  const { parent } = await readStanding(context, job.chain, job.records, head)
  const hashes = HashCache.open(job.records.hashesFile)
  const plan = await onStillRepository(repository, async () => {
    const snapshot = await takeSnapshot(
      context,
      repository,
      { ...options, inPlace: true, isStored: () => true },
      hashes,
    )
    const state = parent ? await readState(job, parent, snapshot, hashes) : unreadState(snapshot)
    return planGeneration<ManifestFile>(parent?.manifest, state, options)
  })
  const mirror =
    parent === undefined && options.mirror ? await Mirror.open(options.mirror, repository.borgId) : undefined
  const mirrored = plan.blobs.filter((file) => mirror?.find(file))
  return {
    due: plan.due,
    seq: plan.due ? plan.seq : plan.seq - 1,
    ...(parent ? { parentSeq: parent.ref.seq } : {}),
    newFiles: plan.blobs.map(({ path, size }) => ({ path, size })),
    newBytes: plan.blobBytes,
    removedFiles: plan.removed.length,
    requests: requestsOf(plan),
    totals: plan.totals,
    ...(mirror && { inMirror: { files: mirrored.length, bytes: bytesOf(mirrored) } }),
  }
}

/** Every file as content of its own. */
function unreadState({ transactionId, nonce, files }: Snapshot): LocalState {
  return {
    transactionId,
    nonce,
    files: files.map(({ path, role, size }) => ({ path, role, size, sha256: path })),
  }
}
