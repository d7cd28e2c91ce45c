// The stage of the benchmarks: a temporary home with repos in it, and the command lines of borgboi and of bare Borg.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRepoRecord, type RepoRecord } from '../../src/model/repo.ts'
import { encodeStore, indexesOf } from '../../src/store/json/document.ts'
import type { Program } from './measure.ts'

const PASSPHRASE = 'only for this benchmark'
const BIN = join(import.meta.dirname, '../../dist/bin.js')

export class Stage {
  readonly directory: string
  readonly env: Readonly<Record<string, string>>

  constructor(directory: string, env: Readonly<Record<string, string>> = { BORGBOI_OFFLINE: 'true' }) {
    this.directory = directory
    mkdirSync(directory, { recursive: true })
    this.env = { PATH: process.env['PATH'] ?? '', HOME: directory, LC_ALL: 'C.UTF-8', ...env }
  }

  path(...names: string[]): string {
    return join(this.directory, ...names)
  }

  node(...args: string[]): Program {
    return { file: process.execPath, args, env: this.env }
  }

  borgboi(...args: string[]): Program {
    return this.node(BIN, ...args)
  }

  borg(...args: string[]): Program {
    return { file: 'borg', args, env: { ...this.env, BORG_PASSPHRASE: PASSPHRASE } }
  }

  /** The same program with a Borg that is not the one on PATH. */
  withBorg(program: Program, executable: string): Program {
    if (program.file === 'borg') return { ...program, file: executable }
    return { ...program, env: { ...program.env, BORGBOI_BORG__EXECUTABLE_PATH: executable } }
  }

  /** An executable script in the stage. */
  script(name: string, text: string): string {
    const path = this.path(name)
    writeFileSync(path, text)
    chmodSync(path, 0o755)
    return path
  }

  /** A Borg that notes each of its starts, and how many starts `programs` make of it once it is known to borgboi. */
  countBorgs(programs: readonly Program[], runAll: (...programs: readonly Program[]) => void): number {
    const log = this.path('borg-starts')
    const counting = this.script('counting-borg', `#!/bin/sh\necho "$*" >>'${log}'\nexec borg "$@"\n`)
    const counted = programs.map((program) => this.withBorg(program, counting))
    runAll(...counted)
    writeFileSync(log, '')
    runAll(...counted)
    return readFileSync(log, 'utf8').trimEnd().split('\n').length
  }

  /** Records repos without making repositories for them. */
  writeStore(names: readonly string[]): void {
    const repos: RepoRecord[] = names.map((name, index) =>
      parseRepoRecord({
        name,
        path: this.path('repositories', name),
        borgId: index.toString(16).padStart(64, '0'),
        encryption: 'none',
        sources: [this.path('sources', name)],
        hostname: 'bench',
        createdAt: '2026-01-01T00:00:00.000Z',
        lastBackup: {
          archive: `${name}-2026-11-20T02:30:04`,
          at: '2026-11-20T02:30:06Z',
          originalBytes: 1e9,
          files: 1e4,
        },
      }),
    )
    mkdirSync(this.path('.borgboi/data'), { recursive: true, mode: 0o700 })
    const text = encodeStore({ revision: 1, repos, indexes: indexesOf(repos) })
    writeFileSync(this.path('.borgboi/data/repositories.json'), text, { mode: 0o600 })
  }
}
