// `borg config`: the storage quota of a repository on this machine.

import type { RepositoryAccess } from '../client.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function setQuota(runner: BorgRunner, access: RepositoryAccess, bytes: number): Promise<void> {
  // Borg takes no quota below 10 MB, and without the key there is none.
  const args = [access.path, 'storage_quota', ...(bytes === 0 ? [] : [String(bytes)])]
  await runner.run({ subcommand: 'config', args: bytes === 0 ? ['--delete', ...args] : args, access })
}
