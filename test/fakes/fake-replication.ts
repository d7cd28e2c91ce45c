// Copies off-site in memory, whatever the vault: enough of them for workflows, which only pass on and report. The real
// ones are tested in test/unit/replication, and both together in test/integration/offsite.test.ts.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import type { StepHandlers } from '../../src/model/events.ts'
import type { Manifest } from '../../src/model/generation.ts'
import type {
  CollectInput,
  CollectResult,
  DamagedObject,
  ExtendLocksInput,
  ExtendLocksResult,
  GenerationChoice,
  LocalRepository,
  PullInput,
  PushOptions,
  Replication,
  RestoreInput,
  VerifyInput,
} from '../../src/replication/replication.ts'
import type { Vault } from '../../src/vault/vault.ts'
import type { FakeClock } from './fake-clock.ts'

interface FakeCopy {
  readonly name: string
  readonly manifests: Manifest[]
}

const BYTES = 1000

export class FakeReplication implements Replication {
  /** By the vault's address, then by Borg's id. */
  readonly vaults = new Map<string, Map<string, FakeCopy>>()
  /** Every call, in order, with what it was given besides vault and handlers. */
  readonly calls: { readonly name: string; readonly input: unknown }[] = []
  /** Thrown by the next call of that name, once. */
  readonly failures = new Map<string, AppError>()
  /** The next push finds that the vault has this state already. */
  unchanged = false
  suspicious: string | undefined
  /** What a push finds in a plain mirror. */
  copied: { readonly objects: number; readonly bytes: number } | undefined
  damaged: DamagedObject[] = []
  /** What repair cannot mend. */
  lost: DamagedObject[] = []
  collected: Partial<CollectResult> = {}
  extendedLocks: Partial<ExtendLocksResult> = {}
  refused: { readonly key: string; readonly reason: string }[] = []
  readonly drilled: number[] = []
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  async push(vault: Vault, repository: LocalRepository, options: PushOptions, handlers: StepHandlers) {
    this.#called('push', { repository, options })
    await vault.head(`${repository.borgId}/head.json`)
    const copy = this.#copies(vault).get(repository.borgId) ?? { name: repository.name, manifests: [] }
    this.#copies(vault).set(repository.borgId, copy)
    const totals = { files: 5, bytes: BYTES }
    if (this.unchanged) {
      return { outcome: 'unchanged' as const, seq: copy.manifests.length, objects: 0, bytes: 0, totals }
    }
    const manifest = this.#manifest(repository.borgId, copy.manifests.length + 1)
    copy.manifests.push(manifest)
    const told = this.suspicious === undefined ? {} : { suspicious: this.suspicious }
    if (this.suspicious !== undefined) handlers.onWarning?.({ kind: 'off-site', message: this.suspicious })
    const mirrored = options.mirror && this.copied ? { copied: this.copied } : {}
    return { outcome: 'pushed' as const, seq: manifest.seq, objects: 3, bytes: BYTES, totals, ...told, ...mirrored }
  }

  async planPush(vault: Vault, { borgId, directory }: LocalRepository) {
    this.#called('planPush', { borgId })
    const seq = this.#copies(vault).get(borgId)?.manifests.length ?? 0
    return {
      due: !this.unchanged,
      seq: this.unchanged ? seq : seq + 1,
      newFiles: [{ path: join(directory, 'data/0/1'), size: BYTES }],
      newBytes: BYTES,
      removedFiles: 0,
      requests: 5,
      totals: { files: 5, bytes: BYTES },
    }
  }

  async repositories(vault: Vault) {
    this.#called('repositories', undefined)
    return [...this.#copies(vault)].map(([borgId, { name, manifests }]) => ({
      borgId,
      name,
      createdAt: manifests[0]?.createdAt ?? '',
      head: { seq: manifests.length, updatedAt: manifests.at(-1)?.createdAt ?? '', epoch: 1 },
    }))
  }

  async generations(vault: Vault, repoId: string) {
    const { name, manifests } = this.#copy(vault, repoId)
    const generations = manifests.toReversed().map(({ seq, ulid, createdAt }, place) => ({
      seq,
      ulid,
      createdAt: new Date(createdAt),
      manifestBytes: 100,
      state: place === 0 ? ('head' as const) : ('kept' as const),
      ...(this.drilled.includes(seq) ? { verified: { level: 4 as const, at: this.#clock.now() } } : {}),
    }))
    return { repoId, name, epoch: 1, generations, problems: [] }
  }

  async describe(vault: Vault, borgId: string, choice: GenerationChoice) {
    const manifest = this.#chosen(vault, borgId, choice)
    return { manifest, ref: { seq: manifest.seq, ulid: manifest.ulid, sha256: 'f'.repeat(64) } }
  }

  async restore(vault: Vault, input: RestoreInput) {
    this.#called('restore', input)
    const manifest = this.#chosen(vault, input.borgId, input)
    await mkdir(input.directory, { recursive: true })
    await writeFile(join(input.directory, 'README'), 'a repository')
    const ref = { seq: manifest.seq, ulid: manifest.ulid, sha256: 'f'.repeat(64) }
    return { manifest, ref, files: 5, bytes: BYTES, fetchedBytes: BYTES, dropped: [] }
  }

  async pull(vault: Vault, input: PullInput) {
    this.#called('pull', input)
    const { manifests } = this.#copy(vault, input.borgId)
    const current = join(input.directory, 'current')
    await mkdir(current, { recursive: true })
    const outcome = this.unchanged ? ('unchanged' as const) : ('pulled' as const)
    return { outcome, seq: manifests.length, files: 5, fetchedBytes: BYTES, current }
  }

  async promote(vault: Vault, input: Omit<PullInput, 'keep'>) {
    this.#called('promote', input)
    const { manifests } = this.#copy(vault, input.borgId)
    manifests.push(this.#manifest(input.borgId, manifests.length + 1))
    return { repository: join(input.directory, 'current'), seq: manifests.length, epoch: 2 }
  }

  async verify(vault: Vault, input: VerifyInput) {
    this.#called('verify', input)
    const generations = this.#copy(vault, input.borgId).manifests.map(({ seq }) => seq)
    const { damaged } = this
    return {
      level: input.level,
      generations,
      objects: 5,
      bytes: 0,
      damaged,
      unreferenced: { objects: 0, bytes: 0 },
    }
  }

  async recordRestoreTest(_vault: Vault, _borgId: string, seq: number) {
    this.drilled.push(seq)
  }

  async repair(_vault: Vault, repository: LocalRepository, damaged: readonly DamagedObject[]) {
    this.#called('repair', { repository, damaged })
    const { lost } = this
    return { repaired: damaged.filter((object) => !lost.includes(object)).map(({ key }) => key), lost }
  }

  async collect(vault: Vault, input: CollectInput): Promise<CollectResult> {
    this.#called('collect', input)
    return {
      expired: [],
      deletedGenerations: [],
      kept: this.#copy(vault, input.borgId).manifests.map(({ seq }) => seq),
      deletedObjects: 0,
      freedBytes: 0,
      waiting: { objects: 0, bytes: 0 },
      held: [],
      ...this.collected,
    }
  }

  async extendLocks(_vault: Vault, input: ExtendLocksInput): Promise<ExtendLocksResult> {
    this.#called('extendLocks', input)
    const until = new Date(this.#clock.now().getTime() + input.lock.days * 86_400_000)
    return { objects: 6, extended: 2, missing: [], until, ...this.extendedLocks }
  }

  async erase(vault: Vault, borgId: string) {
    this.#called('erase', { borgId })
    this.#copies(vault).delete(borgId)
    return this.refused
  }

  async stats(vault: Vault, borgId: string) {
    const { name, manifests } = this.#copy(vault, borgId)
    const bytes = manifests.length * 1e9
    return {
      borgId,
      name,
      generations: manifests.length,
      objects: manifests.length * 3,
      bytes,
      byStorageClass: { STANDARD: { objects: manifests.length * 3, bytes } },
      growth: manifests.toReversed().map(({ seq, createdAt }) => ({ seq, at: createdAt, bytes: 1e9 })),
      measuredAt: this.#clock.now().toISOString(),
    }
  }

  async follow(borgId: string, from: string, to: string) {
    this.#called('follow', { borgId, from, to })
  }

  #called(name: string, input: unknown): void {
    this.calls.push({ name, input })
    const planned = this.failures.get(name)
    this.failures.delete(name)
    if (planned) throw planned
  }

  #copies({ url }: Vault): Map<string, FakeCopy> {
    const copies = this.vaults.get(url) ?? new Map<string, FakeCopy>()
    this.vaults.set(url, copies)
    return copies
  }

  #copy(vault: Vault, borgId: string): FakeCopy {
    return this.#copies(vault).get(borgId) ?? fail('generation-unknown')
  }

  #chosen(vault: Vault, borgId: string, { generation }: GenerationChoice): Manifest {
    const { manifests } = this.#copy(vault, borgId)
    return manifests[(generation ?? manifests.length) - 1] ?? fail('generation-unknown')
  }

  #manifest(repoId: string, seq: number): Manifest {
    return {
      format: 1,
      repoId,
      seq,
      ulid: `01FAKE${String(seq).padStart(20, '0')}`,
      createdAt: this.#clock.now().toISOString(),
      writer: { installId: 'anna@1', host: 'anna', epoch: 1 },
      tool: 'borgboi/2.0.0',
      borg: { transactionId: seq, segmentsPerDir: 1000 },
      totals: { files: 5, bytes: BYTES },
      added: ['data/0/1'],
      removed: [],
      files: [],
    }
  }
}

function fail(code: ErrorCode): never {
  throw new AppError(code, `fake replication: ${code}`, { reason: 'there is none', hint: 'make one' })
}
