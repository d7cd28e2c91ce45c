// Hooks: scripts of the person's, run by the shell in a process group of their own, with what they say kept in part.

import { environmentForOthers, redactAll } from '../model/secret.ts'
import { runProgram } from '../platform/process.ts'
import type { Hook, HookEnd, HookRunner } from './hook-runner.ts'

export interface ShellHooksOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stop: AbortSignal
  readonly kill: AbortSignal
}

const LINES_KEPT = 20
const LINE_MAX_CHARS = 500

export class ShellHooks implements HookRunner {
  readonly #options: ShellHooksOptions

  constructor(options: ShellHooksOptions) {
    this.#options = options
  }

  async run({ script, env, input, timeoutMs, whenStopped }: Hook): Promise<HookEnd> {
    const { stop, kill } = this.#options
    const said: string[] = []
    const hear = (line: string) => {
      said.push(redactAll(line).slice(0, LINE_MAX_CHARS))
      if (said.length > LINES_KEPT) said.shift()
    }
    // -e: of several lines the first that fails is the end.
    const running = await runProgram('/bin/sh', ['-ec', script], {
      env: { ...environmentForOthers(this.#options.env), ...env },
      cwd: '/',
      input,
      timeoutMs,
      asGroup: true,
      stop: whenStopped ? undefined : stop,
      kill,
      onStderrLine: hear,
    })
    for await (const line of running.stdout) hear(line)
    const { exitCode, signal, timedOut } = await running.end
    return {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
      timedOut,
      said,
    }
  }
}
