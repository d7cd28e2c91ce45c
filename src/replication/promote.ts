// Makes a copy of the head on this machine the writable repository: a replica, or a repository whose writing was taken
// over elsewhere and is taken back. Its content has to be the head's, so that nothing anybody pushed is set aside.

import { resolve } from 'node:path'
import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { Manifest, ManifestFile } from '../model/generation.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain, findTip, type Generation } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { holdDirectory } from './hold-directory.ts'
import { requireRepositoryOf } from './local-repository.ts'
import { ReplicaDirectory } from './replica-directory.ts'
import { type ReplicaState, readReplicaState, writeReplicaState } from './replica-state.ts'
import type { PromoteInput, PromoteResult, Takeover } from './replication.ts'
import { type Successor, takeOver } from './take-over.ts'

export async function promote(
  context: ReplicationContext,
  vault: Vault,
  input: PromoteInput,
  handlers: StepHandlers,
): Promise<PromoteResult> {
  const replica = new ReplicaDirectory(resolve(input.directory))
  const chain = new Chain(vault, input.borgId)
  const isReplica = (await readReplicaState(replica.path)) !== undefined
  await using _held = isReplica ? await holdDirectory(context, replica.lock, replica.path, 's3 promote') : undefined
  const state = isReplica ? await readReplicaState(replica.path) : undefined

  handlers.onProgress?.({ stage: 'read the chain' })
  const head = await findTip(chain)
  if (head === undefined) {
    throw new AppError('generation-unknown', `cannot take over in ${vault.url}`, {
      reason: 'there is no generation of this repository in it',
      hint: 'a repository that was never pushed needs no promotion: borgboi s3 sync',
    })
  }
  if (state === undefined) {
    const takeover = await promoteRepository(context, chain, successorOf(head, replica.path, input), handlers)
    return { repository: replica.path, ...takeover }
  }
  const takeover =
    state.promoted === 'done'
      ? await promoteRepository(context, chain, successorOf(head, replica.current, input), handlers)
      : await promoteReplica(
          context,
          chain,
          replica,
          state,
          successorOf(head, replica.pathOf(state.applied), input),
          handlers,
        )
  return { repository: replica.current, ...takeover }
}

async function promoteRepository(
  context: ReplicationContext,
  chain: Chain,
  successor: Successor,
  handlers: StepHandlers,
): Promise<Takeover> {
  await requireRepositoryOf(context, successor.generation.manifest, successor.directory, handlers)
  return await takeOver(context, chain, successor, handlers)
}

/**
 * `promoted: begun` is written before the first change: from then on no pull touches the replica, and a promotion that
 * is killed is finished by the next.
 */
async function promoteReplica(
  context: ReplicationContext,
  chain: Chain,
  replica: ReplicaDirectory,
  state: ReplicaState,
  successor: Successor,
  handlers: StepHandlers,
): Promise<Takeover> {
  handlers.onProgress?.({ stage: 'verify', files: state.files.length })
  requireHead(chain, successor.generation.manifest, replica, state)
  await replica.requireUnchanged(state)
  await replica.flip(state)
  await writeReplicaState(replica.path, { ...state, promoted: 'begun' })
  const takeover = await takeOver(context, chain, successor, handlers)
  handlers.onProgress?.({ stage: 'put in place' })
  await writeReplicaState(replica.path, { ...state, promoted: 'done' })
  return takeover
}

function successorOf(generation: Generation, directory: string, { conditionalWrites = true }: PromoteInput): Successor {
  return { directory, generation, files: generation.manifest.files, mustBeHead: true, conditionalWrites }
}

/** The files of the head, the counter aside: a promotion that was killed has raised it there already. */
function requireHead(chain: Chain, head: Manifest, replica: ReplicaDirectory, state: ReplicaState): void {
  const contentOf = (files: readonly Pick<ManifestFile, 'path' | 'sha256'>[]) =>
    files
      .filter(({ path }) => path !== 'nonce')
      .map(({ path, sha256 }) => `${path} ${sha256}`)
      .toSorted()
      .join('\n')
  if (state.repoId === head.repoId && contentOf(state.files) === contentOf(head.files)) return
  throw new AppError('chain-backwards', `cannot promote the replica in ${replica.path}`, {
    reason: `it has generation ${state.applied.seq}, and the newest in ${chain.vault.url} is ${head.seq}`,
    hint: 'pull first: borgboi s3 pull; what is older than the newest is taken over with borgboi s3 restore --writable',
  })
}
