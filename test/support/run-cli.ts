// The real command line in this process, with captured streams and a home of its own.

import { Readable, Writable } from 'node:stream'
import { type AppOptions, openApp } from '../../src/app.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import type { Deps } from '../../src/deps.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { readPackaged } from '../../src/platform/packaged.ts'

export interface CliHome {
  /** Becomes HOME, BORGBOI_HOME and Borg's base directory; also the working directory unless `cwd` says otherwise. */
  readonly root: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly overrides?: Partial<Deps>
  readonly stop?: AbortSignal
  readonly kill?: AbortSignal
  /** What a person types; absent: no terminal. */
  readonly answers?: string
}

export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The lines of stdout as JSON documents. */
  json(): Record<string, unknown>[]
}

export async function borgboi(home: CliHome, ...args: string[]): Promise<CliResult> {
  const [stdout, stderr] = [new Capture(), new Capture()]
  const never = new AbortController().signal
  const stdin = Object.assign(Readable.from([home.answers ?? '']), { isTTY: home.answers !== undefined })
  const exitCode = await runCli(args, {
    stdin,
    stdout,
    stderr,
    env: {
      PATH: process.env['PATH'],
      HOME: home.root,
      BORGBOI_HOME: home.root,
      BORG_BASE_DIR: home.root,
      LANG: 'C.UTF-8',
      ...home.env,
    },
    colorDepth: 1,
    cwd: home.cwd ?? home.root,
    clock: home.overrides?.clock ?? systemClock,
    stop: home.stop ?? never,
    kill: home.kill ?? never,
    readPage: readPackaged,
    openApp: (options: AppOptions) => openApp({ ...options, overrides: home.overrides ?? {} }),
  })
  const lines = () => stdout.text.split('\n').filter((line) => line !== '')
  return {
    exitCode,
    stdout: stdout.text,
    stderr: stderr.text,
    json: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

class Capture extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
