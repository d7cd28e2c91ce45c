// What every kind of vault is opened with, besides its settings: `openS3Vault(settings, context)`.

import type { Clock, Host } from '../deps.ts'

export interface VaultContext {
  readonly clock: Clock
  readonly host: Host
  /** Where the AWS SDK's own variables are looked for. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted when the person asked to stop: it ends waiting, and transfers that have no signal of their own. */
  readonly stop: AbortSignal
}
