// A repository of the real Borg, pushed to a vault in a directory by processes of their own; and what is restored of it
// with nothing but the manifest and the blobs.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Manifest } from '../../src/model/generation.ts'
import { Chain, findTip } from '../../src/replication/chain.ts'
import type { PushOptions, PushResult } from '../../src/replication/replication.ts'
import { testBorg } from './borg-binary.ts'
import { newVaultAt, vaultAt } from './directory-vault.ts'
import type { WorkerOrder } from './replication-worker.ts'

const WORKER = new URL('replication-worker.ts', import.meta.url).pathname
const PASSPHRASE = 'a passphrase of the tests'
const OPTIONS: PushOptions = {
  lockWaitMs: 60_000,
  auxMaxBytes: Number.MAX_SAFE_INTEGER,
  conditionalWrites: true,
  singleWriter: false,
  acceptLoss: false,
}
/** As exFAT answers. */
const NO_LINKS = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=link,linkat', '-e', 'inject=link,linkat:error=EPERM']

export interface PushEnd {
  readonly stages: readonly string[]
  /** Absent where the process was killed or the push failed. */
  readonly result?: PushResult & { readonly requests: number; readonly peakBytes: number }
  readonly code?: string
  readonly reason?: string
}

export interface PushChoice extends Partial<Pick<WorkerOrder, 'killAt' | 'installId' | 'stateDirectory'>> {
  readonly options?: Partial<PushOptions>
  readonly hardLinks?: boolean
}

export class PushedRepository {
  readonly root: string
  readonly directory: string
  readonly vaultRoot: string
  borgId = ''

  private constructor(root: string) {
    this.root = root
    this.directory = join(root, 'repository')
    this.vaultRoot = join(root, 'vault')
  }

  /** In an empty directory: a repository of small segments with one archive, and a vault. */
  static async create(root: string): Promise<PushedRepository> {
    const made = new PushedRepository(root)
    made.borg('init', '--encryption', 'repokey', made.directory)
    made.borg('config', made.directory, 'max_segment_size', '600000')
    made.borgId = made.borg('config', made.directory, 'id').trim()
    made.archive('first', 3)
    mkdirSync(made.vaultRoot)
    await newVaultAt(made.vaultRoot)
    return made
  }

  /** The same in another place: files of their own, and the same times. */
  copyTo(root: string): PushedRepository {
    execFileSync('cp', ['-a', `${this.root}/.`, root])
    return Object.assign(new PushedRepository(root), { borgId: this.borgId })
  }

  borg(...args: readonly string[]): string {
    return execFileSync(testBorg, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: this.borgEnv() })
  }

  borgEnv(passphrase = PASSPHRASE): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.root,
      BORG_BASE_DIR: this.root,
      BORG_HOST_ID: 'test-host@1',
      BORG_PASSPHRASE: passphrase,
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    }
  }

  changePassphrase(passphrase: string): void {
    const env = { ...this.borgEnv(), BORG_NEW_PASSPHRASE: passphrase }
    execFileSync(testBorg, ['key', 'change-passphrase', this.directory], { env, stdio: 'pipe' })
  }

  /** An archive of so many new files of 200 kB that nothing can compress. */
  archive(name: string, files: number): void {
    const source = join(this.root, 'source')
    mkdirSync(source, { recursive: true })
    for (let number = 0; number < files; number++) {
      writeFileSync(join(source, `${name}-${number}`), randomBytes(200_000))
    }
    this.borg('create', `${this.directory}::${name}`, source)
    // Nothing is remembered of files that were written moments ago.
    execFileSync('find', [this.directory, '-type', 'f', '-exec', 'touch', '-d', '1 hour ago', '{}', '+'])
  }

  async push(choice: PushChoice = {}): Promise<PushEnd> {
    const { hardLinks = true, options, installId = 'anna', stateDirectory = join(this.root, 'state'), killAt } = choice
    const order: WorkerOrder = {
      vaultRoot: this.vaultRoot,
      repository: { directory: this.directory, borgId: this.borgId, name: 'docs' },
      stateDirectory,
      installId,
      options: { ...OPTIONS, ...options },
      ...(killAt && { killAt }),
    }
    const command = [process.execPath, WORKER, JSON.stringify(order)]
    const [file = '', ...args] = hardLinks ? command : ['strace', ...NO_LINKS, ...command]
    const worker = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    worker.stdout.on('data', (chunk) => {
      text += chunk
    })
    await once(worker, 'close')
    const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    const stages = lines.flatMap(({ stage }) => stage ?? [])
    return Object.assign({ stages }, ...lines.filter(({ stage }) => stage === undefined))
  }

  get chain(): Chain {
    return new Chain(vaultAt(this.vaultRoot), this.borgId)
  }

  /** What the head leads to; undefined where nothing was ever pushed whole. */
  async head(): Promise<Manifest | undefined> {
    return (await this.chain.readHead()) && (await findTip(this.chain))?.manifest
  }

  /** A generation as files, each with the content that its manifest promises. */
  async restore({ files }: Manifest, directory: string): Promise<string> {
    for (const { path, size, sha256 } of files) {
      const bytes = readFileSync(join(this.vaultRoot, this.chain.keys.blob(sha256)))
      if (bytes.length !== size || createHash('sha256').update(bytes).digest('hex') !== sha256) {
        throw new Error(`the blob of ${path} is not what the manifest says`)
      }
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), bytes)
    }
    return directory
  }

  /** How `borg check` ends on a copy that no Borg has seen, and the archives in it. */
  examine(directory: string, passphrase?: string): { readonly check: number | null; readonly archives: string[] } {
    const env = { ...this.borgEnv(passphrase), BORG_BASE_DIR: `${directory}.base` }
    const run = (...args: string[]) => spawnSync(testBorg, args, { encoding: 'utf8', env })
    const { status, stderr } = run('check', directory)
    const list = run('list', '--short', directory)
    if (list.status !== 0) throw new Error(`${stderr}${list.stderr}`)
    return { check: status, archives: list.stdout.split('\n').filter((name) => name !== '') }
  }

  /** Every file of the repository with its inode, size, time and mode: what a push must not touch. */
  fingerprint(): string[] {
    const format = ['-printf', '%P %i %s %T@ %m\\n']
    return execFileSync('find', [this.directory, '-path', '*/.borgboi*', '-o', '-type', 'f', ...format], {
      encoding: 'utf8',
    })
      .split('\n')
      .toSorted()
  }

  leftovers(): string[] {
    return readdirSync(this.directory).filter((name) => name.startsWith('.'))
  }
}
