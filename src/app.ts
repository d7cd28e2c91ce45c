// The composition root: the only file that constructs. Configuration to adapters to Deps to Orchestrator.

import type { Deps } from './deps.ts'
import type { EventSink } from './model/events.ts'
import { Orchestrator } from './orchestrator.ts'

export interface AppOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Relative paths that a person gives start here. */
  readonly cwd: string
  readonly stop: AbortSignal
  readonly kill: AbortSignal
  readonly events: EventSink
  readonly configFile?: string | undefined
  /** Options that stand above the configuration: key -> [flag, value]. */
  readonly flags?: Readonly<Record<string, readonly [flag: string, value: string | boolean]>>
  /** Tests replace what they hold. */
  readonly overrides?: Partial<Deps>
}

export interface App extends AsyncDisposable {
  readonly orchestrator: Orchestrator
}
