// One call of the Borg binary as its callers see it: what to run, and how it went.

import type { StepHandlers } from '../model/events.ts'
import type { Secret } from '../model/secret.ts'
import type { RepositoryAccess } from './client.ts'
import type { BorgMessage } from './output/message.ts'

export interface BorgCall {
  /** `create`, `key export` */
  readonly subcommand: string
  readonly args: readonly string[]
  readonly access: RepositoryAccess
  readonly cwd?: string
  /** Reaches Borg in the environment of this one process: it takes a new passphrase no other way. */
  readonly newPassphrase?: Secret
  /** Borg's questions this one command answers, after our own check. */
  readonly answers?: Readonly<Record<string, string>>
  /** What Borg prints goes where this process prints. */
  readonly sharesStdout?: boolean
  readonly handlers?: StepHandlers
  onMessage?(message: BorgMessage): void
}

export interface BorgEnd {
  readonly family: 'success' | 'warning'
  /** Log messages at WARNING and above, the last few. */
  readonly messages: readonly LogMessage[]
}

export type LogMessage = Extract<BorgMessage, { type: 'log' }>

/** A running Borg: read `stdout` to its end, then await `done`, which throws what Borg's failure stands for. */
export interface RunningBorg {
  readonly stdout: AsyncIterable<string>
  readonly done: Promise<BorgEnd>
  cancel(): void
}
