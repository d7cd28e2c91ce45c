// One run of the Borg binary: arguments, environment, passphrase, log lines, and the verdict on how it ended.

import { AppError, EXIT } from '../errors.ts'
import type { Warning } from '../model/run.ts'
import { redact } from '../model/secret.ts'
import { type RunEnd, type RunningProgram, runProgram } from '../platform/process.ts'
import type { BorgCall, BorgEnd, LogMessage, RunningBorg } from './call.ts'
import type { RepositoryAccess } from './client.ts'
import { borgEnvironment } from './environment.ts'
import { familyOf } from './exit-code.ts'
import { toBorgError } from './failure.ts'
import { parseObject } from './output/fields.ts'
import { parseBorgMessage } from './output/message.ts'
import { toWarning } from './output/warning.ts'
import { withBaseDirectory } from './places.ts'
import type { SelfTest } from './self-test.ts'
import type { FoundBorg } from './version.ts'

export interface RunnerOptions {
  /** A Borg that is there and supported. */
  program(): Promise<Pick<FoundBorg, 'path' | 'stamp'>>
  readonly selfTest: SelfTest
  hostId(): Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stop: AbortSignal
  readonly kill: AbortSignal
}

const TRUST_LOCATION = {
  BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
}

/** With 0 Borg gives up on a lock before it gets past the one it has just found to be of a dead process. */
const LOCK_WAIT_MIN_SECONDS = 1

/** How many messages are kept for the verdict; the rest has been shown or counted. */
const MESSAGES_KEPT = 50

export class BorgRunner {
  readonly #options: RunnerOptions

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  async start(call: BorgCall): Promise<RunningBorg> {
    const { env, stop, kill, selfTest } = this.#options
    const { baseDirectory, keysDirectory } = call.access
    const [program, hostId] = await Promise.all([this.#options.program(), this.#options.hostId()])
    const extra = {
      ...(await selfTest.environment(program.stamp)),
      ...(call.access.trustLocation ? TRUST_LOCATION : {}),
      ...(keysDirectory === undefined ? {} : { BORG_KEYS_DIR: keysDirectory, BORG_KEY_FILE: '' }),
      ...call.answers,
      ...(call.newPassphrase ? { BORG_NEW_PASSPHRASE: call.newPassphrase.reveal() } : {}),
    }
    const lockWaitSeconds = Math.max(LOCK_WAIT_MIN_SECONDS, call.access.lockWaitSeconds)
    const secrets = [call.access.passphrase, call.newPassphrase].filter((secret) => secret !== undefined)
    const messages: LogMessage[] = []
    const raw: string[] = []
    let fileWarnings = 0

    const running = await runProgram(
      program.path,
      [...call.subcommand.split(' '), '--log-json', '--lock-wait', String(lockWaitSeconds), ...call.args],
      {
        env: borgEnvironment(withBaseDirectory(env, baseDirectory), hostId, {
          ...extra,
          ...(call.access.passphrase ? { BORG_PASSPHRASE_FD: '3' } : {}),
        }),
        cwd: call.cwd,
        ...(call.sharesStdout ? { shares: 'stdout' as const } : {}),
        secret: call.access.passphrase?.reveal(),
        stop,
        kill,
        onStderrLine: (line) => {
          // Borg does not tell secrets; a wrapper or a traceback might.
          const message = parseBorgMessage(redact(line, secrets))
          if (message === undefined) return
          if (message.type === 'raw') keep(raw, message.text)
          if (message.type === 'log' && message.level !== 'INFO' && message.level !== 'DEBUG') keep(messages, message)
          const warning = toWarning(message)
          if (warning) {
            fileWarnings++
            call.handlers?.onWarning?.(warning)
          }
          call.onMessage?.(message)
        },
      },
    )
    const done = this.#verdict(call, running, {
      messages,
      raw,
      hasFileWarnings: () => fileWarnings > 0,
      stamp: program.stamp,
    })
    // Whoever has read enough cancels, and does not ask how it ended.
    done.catch(() => {})
    return { stdout: running.stdout, cancel: running.cancel, done }
  }

  /** Runs Borg as a person would, on the streams of this process, and gives its exit code; Borg speaks for itself. */
  async passThrough(access: RepositoryAccess, args: readonly string[]): Promise<number> {
    const { env, stop, kill } = this.#options
    const [program, hostId] = await Promise.all([this.#options.program(), this.#options.hostId()])
    const running = await runProgram(program.path, args, {
      env: borgEnvironment(withBaseDirectory(env, access.baseDirectory), hostId, {
        ...(access.trustLocation ? TRUST_LOCATION : {}),
        ...(access.passphrase ? { BORG_PASSPHRASE_FD: '3' } : {}),
        BORG_REPO: access.path,
        // Scripts that are used to Borg's own codes get those.
        BORG_EXIT_CODES: env['BORG_EXIT_CODES'] ?? 'legacy',
      }),
      secret: access.passphrase?.reveal(),
      shares: 'all',
      ...{ stop, kill },
    })
    const { exitCode } = await running.end
    return exitCode ?? EXIT.interrupted
  }

  /** Runs to the end with stdout gathered: only for commands that print one bounded document. */
  async run(call: BorgCall): Promise<BorgEnd & { readonly stdout: string }> {
    const running = await this.start(call)
    const lines: string[] = []
    for await (const line of running.stdout) lines.push(line)
    return { ...(await running.done), stdout: lines.join('\n') }
  }

  /** As `run`, with stdout parsed. @throws AppError `borg-failed` when it is no JSON document */
  async json(call: BorgCall): Promise<Record<string, unknown>> {
    const { stdout } = await this.run(call)
    const document = parseObject(stdout)
    if (document) return document
    throw new AppError('borg-failed', `borg ${call.subcommand} gave no usable answer`, {
      reason: 'what it printed is not the JSON document it promises',
      hint: 'check the Borg installation with: borg --version',
    })
  }

  /**
   * The JSON objects that stdout has one a line of, in constant memory; whoever stops reading ends Borg.
   * @throws AppError `borg-failed` at the end when a line was none
   */
  async *jsonLines(call: BorgCall): AsyncGenerator<Record<string, unknown>, void, void> {
    const running = await this.start(call)
    let complete = false
    let broken = false
    try {
      for await (const line of running.stdout) {
        const document = parseObject(line)
        if (document) yield document
        else broken = true
      }
      complete = true
    } finally {
      if (!complete) {
        running.cancel()
        // How it ends no longer matters, that it has ended does: its lock is given back then.
        await running.done.catch(() => undefined)
      }
    }
    // Where Borg was cut off in the middle of a line, how it ended says why.
    await running.done
    if (!broken) return
    throw new AppError('borg-failed', `did not get the whole answer of borg ${call.subcommand}`, {
      reason: 'Borg printed a line that is no JSON object',
      hint: 'check which Borg is used with: borgboi version',
    })
  }

  async #verdict(
    call: BorgCall,
    running: RunningProgram,
    seen: { messages: LogMessage[]; raw: string[]; hasFileWarnings(): boolean; stamp: string },
  ): Promise<BorgEnd> {
    const end = await running.end
    const family = end.exitCode === undefined ? 'signal' : familyOf(end.exitCode)
    if (family === 'success' || family === 'warning') {
      await this.#options.selfTest.hasPassed(seen.stamp)
      if (family === 'warning' && !seen.hasFileWarnings()) reportUnexplained(call, end, seen.messages)
      return { family, messages: seen.messages }
    }
    throw await toBorgError(call, end, {
      ...seen,
      stopped: this.#options.stop,
    })
  }
}

/** Borg said "warning" by its exit code alone: what it logged last stands for it. */
function reportUnexplained(call: BorgCall, end: RunEnd, messages: readonly LogMessage[]): void {
  const text = messages.at(-1)?.text ?? `borg ${call.subcommand} ended with warning code ${end.exitCode}`
  const warning: Warning = { kind: 'borg', message: text }
  call.handlers?.onWarning?.(warning)
}

function keep<T>(list: T[], item: T): void {
  list.push(item)
  if (list.length > MESSAGES_KEPT) list.shift()
}
