// What all commands share: the common options, opening and closing the app, and the one place errors end.

import { resolve } from 'node:path'
import { Command, Option, type Usage } from 'clipanion'
import type { App } from '../app.ts'
import { EXIT, type ExitCode, toAppError } from '../errors.ts'
import type { CliContext } from './context.ts'
import { type Output, openOutput } from './output/output.ts'

interface CommandUsage {
  readonly category: string
  /** One line, imperative. */
  readonly description: string
  readonly details?: string
  /** At least two: what it does, the line to type (with `$0` for the program). */
  readonly examples: [string, string][]
  /** The exit codes it can end with, beside 0, 1 and 2. */
  readonly exits?: readonly ExitCode[]
}

const EXIT_MEANINGS: Record<ExitCode, string> = {
  [EXIT.ok]: 'fine',
  [EXIT.failure]: 'failed',
  [EXIT.usage]: 'wrong use or configuration',
  [EXIT.warnings]: 'finished with warnings',
  [EXIT.repositoryMissing]: 'repository missing',
  [EXIT.locked]: 'locked by another process',
  [EXIT.passphrase]: 'wrong or missing passphrase',
  [EXIT.damage]: 'damage found',
  [EXIT.objective]: 'a promise is broken',
  [EXIT.offsite]: 'backup fine, off-site step failed',
  [EXIT.prerequisite]: 'Borg or credentials missing',
  [EXIT.skipped]: 'skipped on purpose',
  [EXIT.interrupted]: 'interrupted',
}

/** The usage of a command, its exit statuses written out at the end of the details. */
export function usage({ exits = [], details, ...rest }: CommandUsage): Usage {
  const codes = [EXIT.ok, EXIT.failure, EXIT.usage, ...exits]
  const statuses = `Exit status: ${codes.map((code) => `${code} ${EXIT_MEANINGS[code]}`).join(', ')}.`
  return { ...rest, details: details === undefined ? statuses : `${details}\n\n${statuses}` }
}

/** Exit codes of every command that opens a repository. */
export const REPOSITORY_EXITS = [
  EXIT.repositoryMissing,
  EXIT.locked,
  EXIT.passphrase,
  EXIT.prerequisite,
  EXIT.interrupted,
] as const

export abstract class BaseCommand extends Command<CliContext> {
  json = Option.Boolean('--json', false, { description: 'print JSON for programs' })
  quiet = Option.Boolean('--quiet,-q', false, { description: 'print only warnings, errors and what was asked for' })
  verbose = Option.Boolean('--verbose,-v', false, { description: 'print more, also of an error' })
  config = Option.String('--config,-c', { description: 'read this configuration file' })
  offline = Option.Boolean('--offline', false, { description: 'never use the network' })

  /** Options to an input, one orchestrator call, the result to the output; nothing else belongs here. */
  protected abstract run(app: App, output: Output): Promise<ExitCode> | Promise<void>

  override async execute(): Promise<ExitCode> {
    const { env, stop, kill, cwd } = this.context
    const { json, quiet, verbose } = this
    const output = openOutput({ ...this.context, json, quiet, verbose })
    let app: App | undefined
    try {
      app = await this.context.openApp({
        env,
        cwd,
        stop,
        kill,
        events: output.sink,
        configFile: this.config,
        flags: { ...(this.offline && { offline: ['--offline', true] }), ...this.flags() },
      })
      return (await this.run(app, output)) ?? EXIT.ok
    } catch (error) {
      return output.fail(toAppError(error))
    } finally {
      await app?.close()
      output.close()
    }
  }

  /** An absolute path from one that a person gave. */
  protected absolute(path: string): string {
    return resolve(this.context.cwd, path)
  }

  /** Options that stand above the configuration, by its keys: `{ 'borg.lock_wait': ['--lock-wait', '10min'] }`. */
  protected flags(): Readonly<Record<string, readonly [flag: string, value: string | boolean]>> {
    return {}
  }
}
