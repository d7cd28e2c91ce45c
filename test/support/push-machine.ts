// One machine that pushes one repository to a vault in memory, and what it remembers of it.

import { readdirSync } from 'node:fs'
import { expect } from 'vitest'
import type { Progress } from '../../src/model/events.ts'
import type { Manifest } from '../../src/model/generation.ts'
import type { Warning } from '../../src/model/run.ts'
import { Chain, findTip } from '../../src/replication/chain.ts'
import { planPush } from '../../src/replication/plan-push.ts'
import { push } from '../../src/replication/push.ts'
import type { PushOptions, PushPlan, PushResult } from '../../src/replication/replication.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { MemoryVault } from '../fakes/memory-vault.ts'
import { sha256Of } from './contents.ts'
import { replicationContext } from './generations.ts'
import { MadeRepository } from './made-repository.ts'
import { tempDir } from './temp-dir.ts'

export const PUSH_OPTIONS: PushOptions = {
  lockWaitMs: 0,
  auxMaxBytes: Number.POSITIVE_INFINITY,
  conditionalWrites: true,
  singleWriter: false,
  acceptLoss: false,
}

export class Machine {
  readonly clock = new FakeClock()
  readonly stop = new AbortController()
  readonly stages: Progress[] = []
  readonly warnings: Warning[] = []
  onStage: (stage: string) => void = () => {}
  readonly vault: MemoryVault
  readonly repository: MadeRepository
  readonly #home: string
  readonly #installId: string

  private constructor(vault: MemoryVault, repository: MadeRepository, home: string, installId: string) {
    this.vault = vault
    this.repository = repository
    this.#home = home
    this.#installId = installId
  }

  static async create(vault = new MemoryVault(), installId = 'anna', repository?: MadeRepository): Promise<Machine> {
    return new Machine(vault, repository ?? (await MadeRepository.create()), await tempDir(), installId)
  }

  /** The same, with nothing remembered. */
  async withoutMemory(): Promise<Machine> {
    return await Machine.create(this.vault, this.#installId, this.repository)
  }

  async push(options: Partial<PushOptions> = {}): Promise<PushResult & { requests: string[] }> {
    const before = this.vault.calls.length
    const handlers = {
      onProgress: (progress: Progress) => {
        if (this.stages.at(-1)?.stage !== progress.stage) this.onStage(progress.stage ?? '')
        this.stages.push(progress)
      },
      onWarning: (warning: Warning) => this.warnings.push(warning),
    }
    const result = await push(this.context, this.vault, this.repository, { ...PUSH_OPTIONS, ...options }, handlers)
    const requests = this.vault.calls.slice(before).map(({ name, key }) => `${name} ${shorten(key)}`)
    return { ...result, requests }
  }

  async plan(): Promise<PushPlan> {
    return await planPush(this.context, this.vault, this.repository, PUSH_OPTIONS)
  }

  /** Takes the faults out of the vault. */
  heal(): void {
    this.vault.before = () => {}
    this.vault.after = () => {}
  }

  get chain(): Chain {
    return new Chain(this.vault, this.repository.borgId)
  }

  /** What the head leads to; every blob of it there and right. */
  async head(): Promise<Manifest> {
    const tip = await findTip(this.chain)
    if (tip === undefined) throw new Error('there is no generation')
    for (const { path, size, sha256 } of tip.manifest.files) {
      const blob = this.vault.objects.get(this.chain.keys.blob(sha256))
      expect({ path, size: blob?.bytes.length, sha256: blob && sha256Of(blob.bytes) }).toEqual({ path, size, sha256 })
    }
    return tip.manifest
  }

  leftovers(): string[] {
    return readdirSync(this.repository.directory).filter((name) => name.startsWith('.'))
  }

  get context() {
    const { clock, stop } = this
    return replicationContext(this.#home, { installId: this.#installId, clock, stop: stop.signal })
  }
}

function shorten(key: string): string {
  return key
    .split('/')
    .slice(1, 2)
    .join('/')
    .replace(/^objects$/, 'blob')
    .replace(/^generations$/, 'manifest')
}
