// What workflows ask of off-site copies: one algorithm to push a generation, one to restore it, and what proves,
// follows, mends and collects them. Every method takes the vault it works on; none knows repo records or Borg.

import type { StepHandlers } from '../model/events.ts'
import type { GenerationRef, Manifest } from '../model/generation.ts'
import type { RetentionPolicy } from '../model/retention.ts'
import type { ObjectLocks, Vault, VaultFacilities } from '../vault/vault.ts'

/** A repository on this machine. */
export interface LocalRepository {
  /** Absolute. */
  readonly directory: string
  readonly borgId: string
  /** What the repo is called here: kept in a new `format.json`, for people. */
  readonly name: string
}

export interface PushOptions {
  /** How long to wait until the repository is not being compacted, in milliseconds. */
  readonly lockWaitMs: number
  /** Borg's index files of more than this many bytes stay out: Borg makes them anew after a restore. */
  readonly auxMaxBytes: number
  /** Whether the vault was seen to keep conditions (`VaultProbe`). */
  readonly conditionalWrites: boolean
  /** A person has said that nobody else writes: needed where the vault does not keep conditions. */
  readonly singleWriter: boolean
  /** A person has said that a loss of most of the repository is meant. */
  readonly acceptLoss: boolean
  /** Where a plain mirror of the repository is, on the same server: what it has need not be sent for a first generation. */
  readonly mirror?: Vault | undefined
}

export interface PushPlan {
  /** False: the vault has this state already. */
  readonly due: boolean
  /** The generation that would be made, or is there. */
  readonly seq: number
  readonly parentSeq?: number
  readonly newFiles: readonly { readonly path: string; readonly size: number }[]
  readonly newBytes: number
  readonly removedFiles: number
  readonly requests: number
  readonly totals: { readonly files: number; readonly bytes: number }
  /** Of the new files, those that a plain mirror has by name and size. */
  readonly inMirror?: { readonly files: number; readonly bytes: number }
}

export interface PushResult {
  readonly outcome: 'pushed' | 'unchanged' | 'adopted'
  readonly seq: number
  readonly objects: number
  readonly bytes: number
  readonly totals: { readonly files: number; readonly bytes: number }
  readonly suspicious?: string
  /** What a plain mirror had and was copied within the server, besides what was sent. */
  readonly copied?: { readonly objects: number; readonly bytes: number }
}

/** A repository as a vault has it. */
export interface VaultRepository {
  readonly borgId: string
  /** Where `format.json` is missing or damaged: the start of the id. */
  readonly name: string
  /** Absent where `format.json` is missing or damaged. */
  readonly createdAt?: string
  /** The newest generation; absent where no push was finished. */
  readonly head?: { readonly seq: number; readonly updatedAt: string; readonly epoch: number }
}

/** What the key names alone tell of a generation, and what was verified. */
export interface GenerationSummary {
  readonly seq: number
  readonly ulid: string
  readonly createdAt: Date
  /** Bytes of the stored manifest. */
  readonly manifestBytes: number
  readonly state: 'head' | 'kept' | 'expired' | 'orphan' | 'fork'
  /** The deepest verification and when it was. */
  readonly verified?: { readonly level: VerifyLevel; readonly at: Date }
}

export interface ChainReport {
  readonly repoId: string
  readonly name: string
  readonly epoch: number
  /** Newest first. `orphan`: pushed, never made the head. */
  readonly generations: readonly GenerationSummary[]
  /** In words, empty when all is well: a head that is missing or garbage, a fork, an unreadable manifest. */
  readonly problems: readonly string[]
}

/** Which generation: a number, the newest that is not younger than a time, or the head. */
export interface GenerationChoice {
  readonly generation?: number | undefined
  readonly asOf?: Date | undefined
  /** `seq:sha256` of the manifest: what a person wrote down to be sure that nobody forged the chain. */
  readonly expect?: string | undefined
}

export interface RestoreInput extends GenerationChoice {
  readonly borgId: string
  /** Absolute; absent or empty. It becomes the repository. */
  readonly directory: string
  /** Take over as the writer: fences the old one off by a higher epoch and raises the repository's counter. */
  readonly writable: boolean
  /** Whether the vault was seen to keep conditions (`VaultProbe`), which taking over relies on; absent: it does. */
  readonly conditionalWrites?: boolean | undefined
  /** Index files that cannot be had are left out, and Borg makes them anew. */
  readonly dropAux?: boolean | undefined
}

export interface RestoreResult {
  readonly manifest: Manifest
  readonly ref: GenerationRef
  readonly files: number
  readonly bytes: number
  /** What had to come through the network; the rest was in an earlier, unfinished restore. */
  readonly fetchedBytes: number
  /** Expendable files that were damaged and left out. */
  readonly dropped: readonly string[]
  /** Of a writable restore: the generation that records it, with the raised counter. */
  readonly takeover?: Takeover
}

/** Who writes from now on: told by a generation of its own, so that no later takeover uses the same counters. */
export interface Takeover {
  readonly seq: number
  readonly epoch: number
}

export interface PullInput {
  readonly borgId: string
  /** The replica: `current` in it is the repository, beside earlier generations. */
  readonly directory: string
  /** How many generations the replica keeps, at least 1. */
  readonly keep: number
}

export interface PullResult {
  readonly outcome: 'pulled' | 'unchanged'
  readonly seq: number
  readonly files: number
  readonly fetchedBytes: number
  /** The repository to read: `<directory>/current`. */
  readonly current: string
}

export interface PromoteInput {
  readonly borgId: string
  /** A replica, or a repository that was fenced off. */
  readonly directory: string
  /** As for a writable restore. */
  readonly conditionalWrites?: boolean | undefined
}

export interface PromoteResult extends Takeover {
  /** Absolute: `<directory>/current` of a replica. */
  readonly repository: string
}

export type VerifyLevel = 0 | 1 | 2 | 3 | 4

export interface VerifyInput {
  readonly borgId: string
  /** 1: every object is there with its size. 2: the vault's own checksums. 3: the bytes, downloaded. */
  readonly level: 1 | 2 | 3
  /** The n-th of t parts of the blobs; t runs cover all. Absent: all. */
  readonly sample?: { readonly part: number; readonly of: number } | undefined
  /** Absent: every generation that is kept. */
  readonly generation?: number | undefined
  /** Keep the result in the vault; absent: yes. */
  readonly record?: boolean | undefined
}

export interface DamagedObject {
  readonly key: string
  readonly problem: 'missing' | 'size' | 'checksum' | 'unreadable'
  /** Paths in the repository, and the generations that need it. */
  readonly paths: readonly string[]
  readonly generations: readonly number[]
}

export interface VerifyResult {
  readonly level: VerifyLevel
  readonly generations: readonly number[]
  readonly objects: number
  readonly bytes: number
  readonly damaged: readonly DamagedObject[]
  /** Objects in the vault that no generation names: the next collection's. */
  readonly unreferenced: { readonly objects: number; readonly bytes: number }
}

export interface RepairResult {
  readonly repaired: readonly string[]
  /** Objects whose content is nowhere on this machine. */
  readonly lost: readonly DamagedObject[]
}

export interface CollectInput {
  readonly borgId: string
  readonly policy: RetentionPolicy
  /** How long an expired generation can still be restored. */
  readonly graceMs: number
  readonly dryRun: boolean
}

export interface CollectResult {
  readonly expired: readonly number[]
  readonly deletedGenerations: readonly number[]
  readonly kept: readonly number[]
  readonly deletedObjects: number
  readonly freedBytes: number
  /** Unreferenced, but not for long enough yet. */
  readonly waiting: { readonly objects: number; readonly bytes: number }
  /** Why nothing, or less, was deleted: a locked object, an unreadable manifest, a suspicious generation. */
  readonly held: readonly string[]
}

export interface ExtendLocksInput extends CollectInput {
  /** How the bucket locks what is new. */
  readonly lock: NonNullable<VaultFacilities['objectLock']>
  readonly locks: ObjectLocks
}

/** Of `objects`, which the kept generations need, `extended` are locked until then, or in a dry run would be. */
export interface ExtendLocksResult {
  readonly objects: number
  readonly extended: number
  readonly missing: readonly string[]
  readonly until: Date
}

export interface VaultStats {
  readonly borgId: string
  readonly name: string
  readonly generations: number
  readonly objects: number
  readonly bytes: number
  readonly byStorageClass: Readonly<Record<string, { readonly objects: number; readonly bytes: number }>>
  /** Newest first: what each generation added to the vault. */
  readonly growth: readonly { readonly seq: number; readonly at: string; readonly bytes: number }[]
  readonly measuredAt: string
}

/** Besides the codes below, every method throws what the vault throws, and `vault-newer` for a newer format. */
export interface Replication {
  /**
   * Makes the next generation of the repository's last committed transaction. Until the head has moved nothing of it
   * is visible; killed at any moment, a later push goes on. Never writes to the repository.
   * @throws AppError `locked`, `repository-missing`, `repository-damaged`, `push-conflict`, `writer-fenced`,
   *   `chain-forked`, `chain-backwards`, `vault-unsafe`
   */
  push(vault: Vault, repository: LocalRepository, options: PushOptions, handlers: StepHandlers): Promise<PushResult>
  /** What `push` would do; writes nothing. */
  planPush(vault: Vault, repository: LocalRepository, options: PushOptions): Promise<PushPlan>
  /** The repositories that are in the vault. */
  repositories(vault: Vault): Promise<readonly VaultRepository[]>
  generations(vault: Vault, borgId: string): Promise<ChainReport>
  /** @throws AppError `generation-unknown`, `vault-damaged` */
  describe(vault: Vault, borgId: string, choice: GenerationChoice): Promise<{ manifest: Manifest; ref: GenerationRef }>
  /**
   * Downloads a generation beside `directory`, verifies every byte, and only then gives it its place by one rename.
   * @throws AppError `generation-unknown`, `generation-expired`, `vault-damaged`, `destination-not-empty`, `disk-full`
   */
  restore(vault: Vault, input: RestoreInput, handlers: StepHandlers): Promise<RestoreResult>
  /**
   * Brings a read-only replica to the head, verified before it is flipped into place.
   * @throws AppError `replica-diverged`, `chain-backwards`, and what `restore` throws
   */
  pull(vault: Vault, input: PullInput, handlers: StepHandlers): Promise<PullResult>
  /**
   * Makes a replica the writable repository, or a repository that was fenced off the writer again: fences the other
   * writer off, raises the counter. Its content has to be that of the head.
   * @throws AppError `replica-diverged`, `chain-backwards`, `push-conflict`, `generation-unknown`, `locked`
   */
  promote(vault: Vault, input: PromoteInput, handlers: StepHandlers): Promise<PromoteResult>
  verify(vault: Vault, input: VerifyInput, handlers: StepHandlers): Promise<VerifyResult>
  /** Keeps that a generation was restored, and found good by Borg. */
  recordRestoreTest(vault: Vault, borgId: string, seq: number): Promise<void>
  /** Uploads again what is damaged, from local files whose hash is the right one. */
  repair(
    vault: Vault,
    repository: LocalRepository,
    damaged: readonly DamagedObject[],
    handlers: StepHandlers,
  ): Promise<RepairResult>
  /** Expires generations by the policy, and deletes what has been expired and unreferenced for long enough. */
  collect(vault: Vault, input: CollectInput, handlers: StepHandlers): Promise<CollectResult>
  /** Locks what the kept generations need for as long as the bucket locks what is new, where less than half of that is left. */
  extendLocks(vault: Vault, input: ExtendLocksInput, handlers: StepHandlers): Promise<ExtendLocksResult>
  /** Deletes everything of one repository, the head first. Resolves to the keys the vault refused to delete. */
  erase(
    vault: Vault,
    borgId: string,
    handlers: StepHandlers,
  ): Promise<readonly { readonly key: string; readonly reason: string }[]>
  stats(vault: Vault, borgId: string): Promise<VaultStats>
  /** After a repository of this machine moved: what is remembered of copying it holds for its new place. */
  follow(borgId: string, from: string, to: string): Promise<void>
}
