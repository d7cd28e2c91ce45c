// What a command gets from outside: streams, environment, the clock, the two stop signals, the way to open the app.

import type { BaseContext } from 'clipanion'
import type { App, AppOptions } from '../app.ts'
import type { Clock } from '../deps.ts'

export interface CliContext extends BaseContext {
  readonly cwd: string
  readonly clock: Clock
  /** First signal: stop in good order. Its reason is the signal's name. */
  readonly stop: AbortSignal
  /** Second signal: stop now. */
  readonly kill: AbortSignal
  /** The text of a page of docs, by its path in the package; undefined where it is missing. */
  readPage(path: string): Promise<string | undefined>
  /** Loaded on first use, so that help and version cost nothing. */
  openApp(options: AppOptions): Promise<App>
}
