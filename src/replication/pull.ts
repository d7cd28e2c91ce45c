// Follows a chain: gathers the newest generation beside the one that is shown, sharing what did not change, and flips
// `current` to it. On disk after each step: a directory that nobody reads yet; then `replica.json`, which says that it
// is whole; then the flip. Killed anywhere, `current` leads to a complete generation, and the next pull goes on.

import { resolve } from 'node:path'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import { makePrivateDirectory } from '../platform/files.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain, type Generation, rebuildTip, type StoredHead } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { download } from './download.ts'
import { holdDirectory } from './hold-directory.ts'
import { filesAsFound, ReplicaDirectory } from './replica-directory.ts'
import { type ReplicaState, readReplicaState, writeReplicaState } from './replica-state.ts'
import type { PullInput, PullResult } from './replication.ts'
import { Staging } from './staging.ts'

export async function pull(
  context: ReplicationContext,
  vault: Vault,
  input: PullInput,
  handlers: StepHandlers,
): Promise<PullResult> {
  const replica = new ReplicaDirectory(resolve(input.directory))
  const chain = new Chain(vault, input.borgId)
  await replica.requireNewOrReplica()
  await using _held = await holdDirectory(context, replica.lock, replica.path, 's3 pull')
  const state = await readReplicaState(replica.path)
  if (state) {
    await requireFollowing(replica, state, input.borgId)
    await replica.flip(state)
  }

  handlers.onProgress?.({ stage: 'read the chain' })
  const newest = await readNewest(chain, state)
  if (newest === 'unchanged' || newest.generation.ref.ulid === state?.applied.ulid) {
    if (state && newest !== 'unchanged') await writeReplicaState(replica.path, { ...state, ...headOf(newest, vault) })
    const { applied, files } = state as ReplicaState
    return { outcome: 'unchanged', seq: applied.seq, files: files.length, fetchedBytes: 0, current: replica.current }
  }

  const { generation } = newest
  const { manifest, ref } = generation
  if (state) await replica.requireUnchanged(state)
  handlers.onProgress?.({ stage: 'prepare staging' })
  await makePrivateDirectory(replica.generations)
  await replica.adoptLeftover(state, ref)
  const staging = new Staging(replica.pathOf(ref))
  const shared = state && replica.sharedFiles(state, manifest.files)
  const missing = await staging.prepare(context, manifest.files, shared)
  const { fetchedBytes } = await download(context, chain, generation, missing, staging, { dropAux: false }, handlers)
  const found = await staging.seal(manifest.files, handlers)

  handlers.onProgress?.({ stage: 'put in place' })
  const next = {
    format: 1,
    repoId: input.borgId,
    applied: ref,
    kept: [...(state?.kept ?? []), { seq: ref.seq, ulid: ref.ulid }].slice(-input.keep),
    files: filesAsFound(manifest.files, found),
    ...headOf(newest, vault),
  } satisfies ReplicaState
  await writeReplicaState(replica.path, next)
  await replica.flip(next)
  await replica.prune(next)
  return {
    outcome: 'pulled',
    seq: ref.seq,
    files: manifest.files.length,
    fetchedBytes,
    current: replica.current,
  }
}

async function requireFollowing(replica: ReplicaDirectory, state: ReplicaState, borgId: string): Promise<void> {
  if (state.repoId !== borgId) {
    throw new AppError('destination-not-empty', `cannot pull into ${replica.path}`, {
      reason: `it is the replica of another repository, ${state.repoId.slice(0, 12)}…`,
      hint: 'name a directory of its own for each repository',
    })
  }
  if (state.promoted === undefined || (await isStillReplica(replica, state))) return
  throw new AppError('replica-diverged', `cannot pull into ${replica.path}`, {
    reason:
      state.promoted === 'done'
        ? `it was promoted: ${replica.current} is the writable repository`
        : 'its promotion was begun and not finished',
    hint:
      state.promoted === 'done'
        ? 'push from it with: borgboi s3 sync; pull into another directory'
        : 'finish it with: borgboi s3 promote; where that is too late, pull into a new directory',
  })
}

/** A push came first, before the promotion had changed anything. */
async function isStillReplica(replica: ReplicaDirectory, { promoted, ...state }: ReplicaState): Promise<boolean> {
  if (promoted === 'done') return false
  try {
    await replica.requireUnchanged(state)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'replica-diverged') return false
    throw error
  }
}

interface Newest {
  readonly generation: Generation
  /** Absent where it cannot be read. */
  readonly stored: StoredHead | undefined
}

/** @throws AppError `chain-backwards`, `chain-forked`, `generation-unknown`, `vault-damaged` */
async function readNewest(chain: Chain, state: ReplicaState | undefined): Promise<Newest | 'unchanged'> {
  const stored = await readHeadSince(chain, state)
  if (stored === 'unchanged') return 'unchanged'
  const generation = stored
    ? await chain.readManifest(stored.head.manifestKey, stored.head.manifestSha256)
    : await rebuildTip(chain)
  if (generation === undefined) {
    throw new AppError('generation-unknown', `cannot pull from ${chain.vault.url}`, {
      reason: 'there is no generation of this repository in it',
      hint: 'look at the address, and push first: borgboi s3 sync',
    })
  }
  if (state) requireForward(chain, state, generation, stored)
  return { generation, stored }
}

async function readHeadSince(chain: Chain, state: ReplicaState | undefined) {
  try {
    const isKnown = state?.headEtag !== undefined && state.url === chain.vault.url
    return isKnown && state.headEtag ? await chain.readHeadUnless(state.headEtag) : await chain.readHead()
  } catch (error) {
    if (error instanceof AppError && error.code === 'vault-damaged') return undefined
    throw error
  }
}

function requireForward(
  chain: Chain,
  { applied, epoch }: ReplicaState,
  { manifest, ref }: Generation,
  stored?: StoredHead,
) {
  const isBackwards = ref.seq < applied.seq || (stored !== undefined && stored.head.epoch < epoch)
  if (isBackwards) {
    throw new AppError('chain-backwards', `will not go back to generation ${ref.seq} of ${chain.vault.url}`, {
      reason: `the replica has generation ${applied.seq} of epoch ${epoch}, the vault names ${ref.seq} of epoch ${stored?.head.epoch ?? manifest.writer.epoch}`,
      hint: 'the head was set back: see borgboi s3 generations, and find out by whom before anything is pulled',
    })
  }
  const { parent } = manifest
  const isFork =
    (ref.seq === applied.seq && ref.ulid !== applied.ulid) ||
    (parent?.seq === applied.seq && parent.ulid !== applied.ulid)
  if (!isFork) return
  throw new AppError('chain-forked', `will not leave the chain for generation ${ref.seq} of ${chain.vault.url}`, {
    reason: `it was not made from generation ${applied.seq} as this replica has it`,
    hint: 'see borgboi s3 generations; if the new one is the right one, pull into a new directory',
  })
}

function headOf({ generation, stored }: Newest, { url }: Vault) {
  return {
    url,
    epoch: stored?.head.epoch ?? generation.manifest.writer.epoch,
    ...(stored && { headEtag: stored.etag }),
  }
}
