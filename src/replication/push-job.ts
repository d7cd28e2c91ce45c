// What the steps of one push share, and what surrounds them.

import { AppError } from '../errors.ts'
import type { StepHandlers } from '../model/events.ts'
import type { Vault } from '../vault/vault.ts'
import { Chain, type Generation } from './chain.ts'
import type { ReplicationContext } from './context.ts'
import { type HashedSnapshotFile, hashSnapshot, RepositoryChangedError } from './hash-snapshot.ts'
import type { HashCache } from './hashes.ts'
import { type LocalState, requireForward } from './plan.ts'
import { PushRecords } from './push-records.ts'
import type { LocalRepository, PushOptions } from './replication.ts'
import type { Snapshot } from './snapshot.ts'

export interface PushJob {
  readonly context: ReplicationContext
  readonly chain: Chain
  readonly records: PushRecords
  readonly repository: LocalRepository
  readonly options: PushOptions
  readonly handlers: StepHandlers
}

/** @throws AppError `vault-unsafe` */
export async function openPush(
  context: ReplicationContext,
  vault: Vault,
  repository: LocalRepository,
  options: PushOptions,
  handlers: StepHandlers,
): Promise<PushJob> {
  if (!options.conditionalWrites && !options.singleWriter) throw unsafe(vault)
  const chain = new Chain(vault, repository.borgId)
  return { context, chain, records: await PushRecords.open(context, chain, repository), repository, options, handlers }
}

/** Every numbered step says when it begins. */
export function announce({ handlers }: PushJob, stage: string): void {
  handlers.onProgress?.({ stage })
}

/** A file that changed while it was read or sent makes `attempt` start over, once. @throws AppError `locked` */
export async function onStillRepository<Result>(
  { directory }: LocalRepository,
  attempt: (tries: number) => Promise<Result>,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt(tries)
    } catch (error) {
      if (!(error instanceof RepositoryChangedError)) throw error
      if (tries === MAX_TRIES) throw changing(directory, error.path)
    }
  }
}

const MAX_TRIES = 2

/** The state that a snapshot holds. @throws RepositoryChangedError; AppError `chain-backwards`, `repository-damaged` */
export async function readState(
  { context, handlers }: PushJob,
  parent: Generation | undefined,
  snapshot: Snapshot,
  hashes: HashCache,
): Promise<LocalState<HashedSnapshotFile>> {
  const { nonce, transactionId } = snapshot
  const state = { transactionId, nonce }
  if (parent) requireForward(parent.manifest, state)
  return { ...state, files: await hashSnapshot(context, snapshot, hashes, handlers) }
}

function unsafe({ url }: Vault): AppError {
  return new AppError('vault-unsafe', `did not copy the repository to ${url}`, {
    reason: 'that vault does not keep conditional writes: two machines that copy at once would not notice each other',
    hint: 'if only this machine copies this repository, say so: vaults.NAME.single_writer: true',
  })
}

function changing(directory: string, path: string): AppError {
  return new AppError('locked', `cannot copy the repository at ${directory}`, {
    reason: `${path} in it was changed or deleted while it was being read, twice in a row`,
    hint: 'try again when nothing else works in the repository',
    context: { path },
  })
}
