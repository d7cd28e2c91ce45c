// Chains of generations in a vault in memory, made of a few words: what the pure parts of replication are tested on.

import { roleOf, VAULT_FORMAT } from '../../src/model/generation.ts'
import { Chain, contentOf, type Generation } from '../../src/replication/chain.ts'
import type { ReplicationContext } from '../../src/replication/context.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { MemoryVault } from '../fakes/memory-vault.ts'
import { tempDir } from './temp-dir.ts'

export const REPO_ID = 'ab'.repeat(32)
const HOUR_MS = 3_600_000

interface MadeOptions {
  readonly writer?: string
  readonly parent?: Generation | undefined
  readonly suspicious?: string
  /** A push that was cut off before the head moved. */
  readonly headless?: boolean
}

export class MadeChain {
  readonly vault = new MemoryVault()
  readonly chain = new Chain(this.vault, REPO_ID)
  readonly clock = new FakeClock()
  readonly context: ReplicationContext
  tip: Generation | undefined
  #ids = 0

  static async create(): Promise<MadeChain> {
    return new MadeChain(await tempDir())
  }

  private constructor(stateDirectory: string) {
    this.context = {
      clock: this.clock,
      host: { hostname: 'anna', newId: () => this.newId() },
      stop: new AbortController().signal,
      stateDirectory,
      installId: async () => 'anna-install',
      tool: 'borgboi/test',
    }
  }

  newId(): string {
    return `01TEST${String(++this.#ids).padStart(20, '0')}`
  }

  /** Lets the clocks go on, the vault's too. */
  pass(hours: number): void {
    this.clock.advance(hours * HOUR_MS)
    this.vault.now = this.clock.now()
  }

  /** A generation of these files, after the tip: path to content. */
  async add(files: Readonly<Record<string, string>>, options: MadeOptions = {}): Promise<Generation> {
    const { writer = 'anna-install', parent = this.tip, headless = false, suspicious } = options
    const listed = Object.entries(files)
      .map(([path, text]) => ({ path, content: contentOf(Buffer.from(text)) }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    for (const { content } of listed) await this.vault.put(this.chain.keys.blob(content.sha256), content, 'absent')
    const manifest = {
      format: VAULT_FORMAT,
      repoId: REPO_ID,
      seq: (parent?.manifest.seq ?? 0) + 1,
      ulid: this.newId(),
      ...(parent && { parent: parent.ref }),
      createdAt: this.vault.now.toISOString(),
      writer: { installId: writer, host: writer, epoch: 1 },
      tool: 'borgboi/test',
      borg: { transactionId: 999, segmentsPerDir: 1000, nonce: '0000000000000100' },
      totals: { files: listed.length, bytes: listed.reduce((sum, { content }) => sum + content.size, 0) },
      added: [],
      removed: [],
      ...(suspicious !== undefined && { suspicious }),
      files: listed.map(({ path, content: { size, sha256 } }) => {
        return { path, size, sha256, role: roleOf(path) ?? 'segment' }
      }),
    }
    const { ref } = await this.chain.createManifest(manifest)
    const generation = { manifest, ref }
    if (!headless) await this.#moveHead(generation)
    return generation
  }

  blobKey(text: string): string {
    return this.chain.keys.blob(contentOf(Buffer.from(text)).sha256)
  }

  has(text: string): boolean {
    return this.vault.objects.has(this.blobKey(text))
  }

  async #moveHead(generation: Generation): Promise<void> {
    const { seq, ulid, sha256 } = generation.ref
    await this.chain.putJson(this.chain.keys.format, formatOf(this.vault), 'absent')
    const head = {
      format: VAULT_FORMAT,
      seq,
      manifestKey: this.chain.keys.manifest(seq, ulid),
      manifestSha256: sha256,
      epoch: 1,
      writerId: generation.manifest.writer.installId,
      pushId: ulid,
      updatedAt: this.vault.now.toISOString(),
    }
    await this.chain.putJson(this.chain.keys.head, head, 'any')
    this.tip = generation
  }
}

function formatOf({ now }: MemoryVault) {
  return { format: VAULT_FORMAT, repoId: REPO_ID, name: 'docs', createdAt: now.toISOString() }
}
