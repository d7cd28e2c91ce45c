// What a command gets from outside: streams, environment, the two stop signals and the way to open the app.

import type { BaseContext } from 'clipanion'
import type { App, AppOptions } from '../app.ts'

export interface CliContext extends BaseContext {
  readonly cwd: string
  /** First signal: stop in good order. Its reason is the signal's name. */
  readonly stop: AbortSignal
  /** Second signal: stop now. */
  readonly kill: AbortSignal
  /** Loaded on first use, so that help and version cost nothing. */
  openApp(options: AppOptions): Promise<App>
}
