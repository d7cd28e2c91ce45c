// The stage of the off-site rows: a repository of noise that Borg made, homes that push it to the server, and the
// command lines of the other tools that copy it there.

import { spawnSync } from 'node:child_process'
import { createCipheriv, hash, randomBytes } from 'node:crypto'
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Program, run } from './measure.ts'
import type { S3Server } from './s3-server.ts'
import { Stage } from './stage.ts'

const PUT_LOOP = fileURLToPath(import.meta.resolve('./put-loop.ts'))
/** As its own documentation advises for many files on S3: nothing is asked about single objects. */
const RCLONE_TUNING = [
  ...['--transfers', '16', '--checkers', '16', '--fast-list'],
  ...['--s3-no-head', '--update', '--use-server-modtime'],
]
const NOISE_BYTES = 1 << 20
/** In every home. */
const [REPO, VAULT] = ['repo', 'away']

export class OffsiteStage extends Stage {
  readonly server: S3Server
  readonly repository: string
  readonly #source: string
  readonly #maxSegmentBytes: number
  /** Rounds of all rows: every copy goes to a place of its own. */
  #places = 0

  /** `maxSegmentBytes`: Borg begins a new segment once it has more. */
  constructor(directory: string, server: S3Server, maxSegmentBytes: number) {
    super(directory, { ...server.env, ...rcloneEnv(server) })
    this.server = server
    this.repository = this.path('repository')
    this.#source = this.path('source')
    this.#maxSegmentBytes = maxSegmentBytes
    mkdirSync(this.#source)
    const { repository } = this
    run(this.#sized(this.borgboi('repo', 'create', '--name', REPO, '--path', repository, '--source', this.#source)))
  }

  /** A backup of so much more noise. It is the same to no compressor, and no two pieces of it are. */
  backUp(files: number, bytesEach: number): void {
    const directory = join(this.#source, randomBytes(8).toString('hex'))
    mkdirSync(directory, { recursive: true })
    const cipher = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16))
    const zeros = Buffer.alloc(Math.min(bytesEach, NOISE_BYTES))
    for (let index = 0; index < files; index++) {
      const file = openSync(join(directory, String(index)), 'w')
      for (let left = bytesEach; left > 0; left -= zeros.length) writeSync(file, cipher.update(zeros.subarray(0, left)))
      closeSync(file)
    }
    run(this.#sized(this.borgboi('backup', 'run', '--name', REPO)))
  }

  /** How many contents are in the repository after `change` that were not there before: each is a blob to push. */
  countNewContents(change: () => void): number {
    const before = this.#contents()
    change()
    return [...this.#contents()].filter((content) => !before.has(content)).length
  }

  /** A segment of the repository, but not its last, becomes so long by a hole at its end. Borg could not read it. */
  lengthenSegment(bytes: number): void {
    const directory = join(this.repository, 'data/0')
    const [longest] = readdirSync(directory).sort(
      (one, two) => sizeOf(join(directory, two)) - sizeOf(join(directory, one)),
    )
    truncateSync(join(directory, longest ?? ''), bytes)
  }

  /** A home that has this repository recorded and a vault of its own, and has never pushed. */
  newHome(): OffsiteHome {
    const place = this.newPlace('borgboi')
    const home = new OffsiteHome(this.path(place), this.env)
    cpSync(this.path('.borgboi'), home.path('.borgboi'), { recursive: true })
    run(home.borgboi('vault', 'add', VAULT, `s3://${this.server.bucket}/${place}`))
    return home
  }

  newPlace(tool: string): string {
    return `${tool}-${++this.#places}`
  }

  rcloneSync(place: string): Program {
    return this.#rclone('sync', this.repository, this.#remote(place))
  }

  /** To a directory that is not there. */
  rcloneCopyBack(place: string): Program {
    const directory = this.path('copied-back')
    rmSync(directory, { recursive: true, force: true })
    return this.#rclone('copy', this.#remote(place), directory)
  }

  awsSync(place: string): Program {
    const args = ['s3', 'sync', '--only-show-errors', this.repository, `s3://${this.server.bucket}/${place}`]
    return { file: 'aws', args, env: this.env }
  }

  putLoop(): Program {
    return this.node(PUT_LOOP, this.repository, this.server.bucket, this.newPlace('loop'))
  }

  #rclone(...args: string[]): Program {
    return { file: 'rclone', args: [...RCLONE_TUNING, ...args], env: this.env }
  }

  #remote(place: string): string {
    return `bench:${this.server.bucket}/${place}`
  }

  #sized(program: Program): Program {
    return { ...program, env: { ...program.env, BORGBOI_BORG__MAX_SEGMENT_SIZE: String(this.#maxSegmentBytes) } }
  }

  #contents(): Set<string> {
    const entries = readdirSync(this.repository, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    return new Set(entries.map((entry) => hash('sha256', readFileSync(join(entry.parentPath, entry.name)))))
  }
}

function sizeOf(path: string): number {
  return statSync(path).size
}

export class OffsiteHome extends Stage {
  constructor(directory: string, env: Readonly<Record<string, string>>) {
    super(directory, { ...env, HOME: directory })
  }

  sync(): Program {
    return this.borgboi('s3', 'sync', '--name', REPO, '--vault', VAULT)
  }

  /** To a directory that is not there. */
  restore(): Program {
    const directory = this.path('restored')
    rmSync(directory, { recursive: true, force: true })
    return this.borgboi('s3', 'restore', '--from', VAULT, '--to', directory, '--no-register')
  }
}

/** Whether a program of that name starts. */
export function isInstalled(name: 'rclone' | 'aws'): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
}

/** rclone takes the rest from the AWS variables. */
function rcloneEnv({ env }: S3Server): Record<string, string> {
  return {
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_BENCH_TYPE: 's3',
    RCLONE_CONFIG_BENCH_PROVIDER: 'Ceph',
    RCLONE_CONFIG_BENCH_ENV_AUTH: 'true',
    RCLONE_CONFIG_BENCH_ENDPOINT: env['AWS_ENDPOINT_URL'] ?? '',
  }
}
