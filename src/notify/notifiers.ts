// The contract of notifiers as workflows see them: who there is, and whether they can be reached.

import type { NotifierType, NotifyRule } from '../model/notifier.ts'

/** A notifier as it is configured. */
export interface NotifierFacts {
  readonly name: string
  readonly type: NotifierType
  /** A host, whom it is for, or the file with the address; absent for the desktop. */
  readonly where?: string
  readonly on: readonly NotifyRule[]
  /** Milliseconds until the same is told again. */
  readonly repeatAfter: number | 'never'
  /** Told every time: of the beginning and end of every run, or with the rule `objective` of every look at promises. */
  readonly always: boolean
  /** False where the configuration says offline and it needs the network. */
  readonly usable: boolean
  readonly repos?: readonly string[]
  readonly workflows: readonly string[]
}

/** Who is told of runs; telling is the work of an outlet. */
export interface Notifiers {
  /** In the order of the configuration. @throws AppError `config-invalid` */
  list(): Promise<readonly NotifierFacts[]>
  /** Sends a message that says it is a test. Undefined when it arrived, else why not. Bounded in time. */
  test(name: string): Promise<string | undefined>
}
