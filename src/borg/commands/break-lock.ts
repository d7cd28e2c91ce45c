// `borg break-lock`: of the repository and of its cache here, whoever holds them.

import type { RepositoryAccess } from '../client.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function breakLock(runner: BorgRunner, access: RepositoryAccess): Promise<void> {
  await runner.run({ subcommand: 'break-lock', args: [access.path], access })
}
