// What every part of replication works with. Each operation is one function (context, vault, input, handlers).

import type { Clock, Host } from '../deps.ts'

export interface ReplicationContext {
  readonly clock: Clock
  readonly host: Host
  /** Aborted when the person asked to stop. */
  readonly stop: AbortSignal
  /** What this home remembers of vaults: hashes, the last push, cached figures. Everything in it may be lost. */
  readonly stateDirectory: string
  /** This installation of borgboi, the same from run to run: who may write is told by it. */
  installId(): Promise<string>
  /** `borgboi/2.0.0` */
  readonly tool: string
}
