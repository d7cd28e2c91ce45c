// A small encrypted repository of the Borg under test, and what Borg says of any copy of it when it knows nothing.

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testBorg } from './borg-binary.ts'

const PASSPHRASE = 'correct horse'

export class BorgRepository {
  readonly directory: string
  readonly #root: string
  readonly #home: string
  readonly #source: string

  /** Makes it below `root`, with segments so small that there are some. */
  constructor(root: string) {
    this.directory = join(root, 'repository')
    this.#root = root
    this.#home = this.freshHome()
    this.#source = join(root, 'source')
    mkdirSync(this.#source)
    this.run('init', '--encryption', 'repokey-blake2', this.directory)
    this.run('config', this.directory, 'max_segment_size', '60000')
    this.run('config', this.directory, 'segments_per_dir', '10')
  }

  get borgId(): string {
    return this.run('config', this.directory, 'id').trim()
  }

  /** A home without anything that Borg ever learned. */
  freshHome(): string {
    return mkdtempSync(join(this.#root, 'home-'))
  }

  /** As the machine that made it. */
  run(...args: readonly string[]): string {
    return runBorg(this.#home, args)
  }

  /** As a machine that never saw it. */
  runElsewhere(...args: readonly string[]): string {
    return runBorg(this.freshHome(), args)
  }

  /** An archive with a file of its own. */
  createArchive(name: string): void {
    writeFileSync(join(this.#source, name), randomBytes(200_000))
    this.run('create', '--compression', 'none', `${this.directory}::${name}`, this.#source)
  }

  archivesOf(directory: string, ...options: readonly string[]): string[] {
    return this.runElsewhere('list', '--short', ...options, directory)
      .trim()
      .split('\n')
  }
}

/** The next free counter. */
export function counterOf(directory: string): bigint {
  return BigInt(`0x${readFileSync(join(directory, 'nonce'), 'utf8')}`)
}

function runBorg(home: string, args: readonly string[]): string {
  return execFileSync(testBorg, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      BORG_BASE_DIR: home,
      BORG_HOST_ID: 'test@1',
      BORG_PASSPHRASE: PASSPHRASE,
      BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
    },
  })
}
