// A repository on disk as Borg lays it out, made without Borg: segments, commits and index files of made-up content.

import { linkSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { LocalRepository } from '../../src/replication/replication.ts'
import { tempDir } from './temp-dir.ts'

const COMMIT = Buffer.from('40f43c250900000002', 'hex')
const OLD_SECONDS = 1_600_000_000

export class MadeRepository implements LocalRepository {
  readonly borgId = 'ab'.repeat(32)
  readonly name = 'docs'
  readonly directory: string
  transactionId = -1
  nonce = 0x1000

  private constructor(directory: string) {
    this.directory = directory
  }

  /** With one transaction. */
  static async create(): Promise<MadeRepository> {
    const made = new MadeRepository(join(await tempDir(), 'repository'))
    made.write('README', 'This is a Borg Backup repository.\n')
    made.configure('first key')
    made.commit('first')
    return made
  }

  /** A transaction of one segment for each text, its commit, and new index files; the counter goes on. */
  commit(...texts: readonly string[]): void {
    const before = this.transactionId
    this.append(...texts)
    this.writeSegment(++this.transactionId, COMMIT)
    this.index(before)
  }

  /** Segments of a transaction that is not committed. */
  append(...texts: readonly string[]): void {
    for (const text of texts) this.writeSegment(++this.transactionId, Buffer.from(text))
  }

  /** What Borg makes last of a transaction; `before`: the one whose files it removes. */
  index(before: number): void {
    this.count(this.nonce + 1)
    for (const name of ['integrity', 'index', 'hints']) {
      this.write(`${name}.${this.transactionId}`, `${name} of ${this.transactionId}`)
      rmSync(join(this.directory, `${name}.${before}`), { force: true })
    }
  }

  count(nonce: number): void {
    this.nonce = nonce
    this.write('nonce', nonce.toString(16).padStart(16, '0'))
  }

  configure(key: string): void {
    this.write('config', `[repository]\nversion = 1\nsegments_per_dir = 1000\nid = ${this.borgId}\nkey = ${key}\n`)
  }

  remove(path: string): void {
    rmSync(join(this.directory, path), { recursive: true })
  }

  /** Replaces a file as Borg does, by another one of its name; dated long ago. */
  write(path: string, content: string | Uint8Array): void {
    const file = join(this.directory, path)
    mkdirSync(dirname(file), { recursive: true })
    rmSync(file, { force: true })
    writeFileSync(file, content)
    utimesSync(file, OLD_SECONDS, OLD_SECONDS)
  }

  link(path: string, name: string): void {
    linkSync(join(this.directory, path), name)
  }

  segment(number: number): string {
    return `data/${Math.floor(number / 1000)}/${number}`
  }

  private writeSegment(number: number, content: Uint8Array): void {
    this.write(this.segment(number), Buffer.concat([Buffer.from('BORG_SEG'), content]))
  }
}
