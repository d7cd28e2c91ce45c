// A machine of the off-site soak: a home with Borg's caches, a source that changes, a repository, and the replication
// state of an installation of borgboi. Everything Borg says is asked of the real one.

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ReplicationContext } from '../../src/replication/context.ts'
import type { LocalRepository } from '../../src/replication/replication.ts'
import { testBorg } from './borg-binary.ts'
import { machineContext } from './offsite-operation.ts'
import type { Chance } from './seeded-random.ts'

/** What a repository holds, and what opens it. */
export interface State {
  /** Borg's ids of the archives by their names. */
  readonly archives: Readonly<Record<string, string>>
  readonly passphrase: string
}

const FILES = 12
const FILE_MAX_BYTES = 30_000
const SEGMENT_BYTES = 40_000
const SEGMENTS_PER_DIRECTORY = 20

export class Machine {
  readonly name: string
  readonly source: string
  readonly context: ReplicationContext
  repository: string
  passphrase: string
  readonly #home: string

  constructor(directory: string, name: string, passphrase: string) {
    this.#home = join(directory, name)
    this.name = name
    this.source = join(this.#home, 'source')
    this.repository = join(this.#home, 'repository')
    this.passphrase = passphrase
    this.context = machineContext(name, join(this.#home, 'state'))
    mkdirSync(this.source, { recursive: true })
  }

  async initialise(encryption: 'repokey-blake2' | 'none'): Promise<string> {
    await this.borg('init', '--encryption', encryption, this.repository)
    await this.borg('config', this.repository, 'max_segment_size', String(SEGMENT_BYTES))
    await this.borg('config', this.repository, 'segments_per_dir', String(SEGMENTS_PER_DIRECTORY))
    return (await this.borg('config', this.repository, 'id')).trim()
  }

  local(borgId: string): LocalRepository {
    return { directory: this.repository, borgId, name: 'docs' }
  }

  changeFiles(chance: Chance): void {
    for (let changes = 1 + chance.below(4); changes > 0; changes--) {
      const path = join(this.source, `file-${chance.below(FILES)}`)
      if (chance.isTrue(0.15)) rmSync(path, { force: true })
      else writeFileSync(path, chance.bytes(chance.below(FILE_MAX_BYTES)))
    }
  }

  /** Its standard output. Borg waits for nobody longer than `--lock-wait` says. */
  async borg(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tryBorg(args)
    if (code === 0) return stdout
    throw new Error(`borg ${args.join(' ')} on ${this.name} ended with ${code}: ${stderr}`)
  }

  async tryBorg(
    args: readonly string[],
    { killAfterMs, newPassphrase }: { readonly killAfterMs?: number; readonly newPassphrase?: string } = {},
  ): Promise<{ readonly code: number | string; readonly stdout: string; readonly stderr: string }> {
    const running = runBorg(args, this.#home, this.passphrase, newPassphrase)
    if (killAfterMs !== undefined) {
      await delay(killAfterMs)
      running.child.kill('SIGKILL')
    }
    return await running.ended
  }

  async createArchive(name: string): Promise<void> {
    await this.borg('create', '--compression', 'none', `${this.repository}::${name}`, this.source)
  }

  async changePassphrase(passphrase: string): Promise<void> {
    await this.tryBorg(['key', 'change-passphrase', this.repository], { newPassphrase: passphrase })
    this.passphrase = passphrase
  }

  /** As Borg lists it now, which also makes it clear away what a killed one left. */
  async state(): Promise<State> {
    return { archives: await listArchives(this.repository, this.#home, this.passphrase), passphrase: this.passphrase }
  }

  /** Of everything in the repository but the snapshots of pushes. */
  fingerprint(): string {
    return existsSync(this.repository) ? treeHash(this.repository, /^\/\.borgboi-snapshot/) : 'missing'
  }

  /** One that says nothing of its owner may be of a process that has just made it: for a minute it is left alone. */
  snapshotsLeft(): string[] {
    return readdirSync(this.repository).filter(
      (name) => name.startsWith('.borgboi-snapshot') && existsSync(join(this.repository, name, 'owner.json')),
    )
  }

  /** The counter, which a takeover has to raise; 0 without encryption. */
  counter(): bigint {
    const path = join(this.repository, 'nonce')
    return existsSync(path) ? BigInt(`0x${readFileSync(path, 'utf8').trim()}`) : 0n
  }

  sourceHash(): string {
    return treeHash(this.source)
  }

  remove(): void {
    rmSync(this.#home, { recursive: true })
  }
}

/** With a home of its own: nothing that any machine knows, or should not forget. */
export async function listArchives(repository: string, home: string, passphrase: string, ...options: string[]) {
  const args = ['list', ...options, '--lock-wait', '5', '--format', '{archive} {id}{NL}', repository]
  const { code, stdout, stderr } = await runBorg(args, home, passphrase).ended
  if (code !== 0) throw new Error(`borg list ${repository} ended with ${code}: ${stderr}`)
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ')),
  ) as Record<string, string>
}

/** What Borg finds wrong; undefined when all is well. */
export async function checkRepository(repository: string, home: string, passphrase: string) {
  const { code, stdout, stderr } = await runBorg(['check', repository], home, passphrase).ended
  return code === 0 ? undefined : `borg check ended with ${code}: ${stdout}${stderr}`
}

/** The hash of the source as an archive has it. */
export async function extractedHash(repository: string, archive: string, home: string, passphrase: string) {
  const into = join(home, 'extracted')
  mkdirSync(into)
  const { code, stderr } = await runBorg(['extract', `${repository}::${archive}`], home, passphrase, undefined, into)
    .ended
  if (code !== 0) throw new Error(`borg extract ${archive} of ${repository} ended with ${code}: ${stderr}`)
  const source = readdirSync(into, { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isDirectory() && entry.name === 'source',
  )
  const hash = source ? treeHash(join(source.parentPath, source.name)) : 'nothing'
  rmSync(into, { recursive: true })
  return hash
}

function runBorg(args: readonly string[], home: string, passphrase: string, newPassphrase?: string, cwd = '/') {
  const { promise: ended, resolve } = Promise.withResolvers<{ code: number | string; stdout: string; stderr: string }>()
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    BORG_BASE_DIR: home,
    BORG_HOST_ID: 'soak@1',
    BORG_PASSPHRASE: passphrase,
    ...(newPassphrase !== undefined && { BORG_NEW_PASSPHRASE: newPassphrase }),
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  }
  const child = execFile(testBorg, args, { env, cwd }, (error, stdout, stderr) => {
    resolve({ code: error ? (error.code ?? error.signal ?? 'unknown') : 0, stdout, stderr })
  })
  return { child, ended }
}

function treeHash(directory: string, without = /^$/): string {
  const hash = createHash('sha256')
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    const name = path.slice(directory.length)
    if (without.test(name)) continue
    hash.update(`${name}\0`).update(createHash('sha256').update(readFileSync(path)).digest())
  }
  return hash.digest('hex')
}
