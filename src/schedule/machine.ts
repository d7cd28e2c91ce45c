// Whose machine it is that schedules are installed on: the user, the home, and how programs of the system are asked.

import { join } from 'node:path'
import { AppError } from '../errors.ts'
import { makePrivateDirectory } from '../platform/files.ts'
import { outputOf, type ProgramOutput } from '../platform/program-output.ts'

export interface MachineOptions {
  /** The `.borgboi` directory; schedules of others are not ours. */
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly user: { readonly uid: number; readonly name: string; readonly home: string }
  /** What stands in front of `/etc`, `/var` and `/Library`; empty but in tests. */
  readonly root: string
}

/** `system`: for the whole machine; only root may. */
export type Scope = 'user' | 'system'

/** How long a program of the system may take to answer. */
const ANSWER_TIMEOUT_MS = 20_000
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** How programs of the system find the user's own manager. */
const PASSED_ON = [
  'HOME',
  'USER',
  'LOGNAME',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'DBUS_SESSION_BUS_ADDRESS',
  'TMPDIR',
]

export class Machine {
  readonly home: string
  readonly env: MachineOptions['env']
  readonly user: MachineOptions['user']
  readonly #root: string

  constructor({ home, env, user, root }: MachineOptions) {
    this.home = home
    this.env = env
    this.user = user
    this.#root = root
  }

  get scope(): Scope {
    return this.user.uid === 0 ? 'system' : 'user'
  }

  /** A directory of the system's. */
  ofSystem(path: string): string {
    return join(this.#root, path)
  }

  /** Where schedulers that keep no log put what is printed. */
  async makeLogDirectory(): Promise<void> {
    await makePrivateDirectory(join(this.home, 'logs'))
  }

  /** Runs a program of the system, whose words are those of no country. */
  async ask(program: string, ...args: readonly string[]): Promise<ProgramOutput> {
    const passed = PASSED_ON.flatMap((name) => (this.env[name] === undefined ? [] : [[name, this.env[name]] as const]))
    const env = {
      PATH: this.env['PATH'] || USUAL_PATH,
      // Not every way to become a user sets it, and without it the user's own manager is not found.
      ...(this.scope === 'user' ? { XDG_RUNTIME_DIR: `/run/user/${this.user.uid}` } : {}),
      ...Object.fromEntries(passed),
      LC_ALL: 'C',
    }
    return await outputOf(program, args, { env, timeoutMs: ANSWER_TIMEOUT_MS })
  }
}

/** What a program said last, on one line: the reason of a failure. */
export function lastWords({ exitCode, stdout, stderr, timedOut }: ProgramOutput): string {
  if (timedOut) return `it did not answer within ${ANSWER_TIMEOUT_MS / 1000} s`
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '')
  return (
    lines.at(-1)?.trim() ?? (exitCode === undefined ? 'it could not be started' : `it ended with exit code ${exitCode}`)
  )
}

/** @throws AppError `scheduler-failed` unless the program ended well */
export function requireDone(output: ProgramOutput, attempt: string): void {
  if (output.exitCode === 0) return
  throw new AppError('scheduler-failed', `cannot ${attempt}`, {
    reason: lastWords(output),
    hint: 'mend that and run the same command again, or choose another one with --scheduler',
  })
}
