// `borg key change-passphrase`: the key stays, what locks it changes.

import type { Secret } from '../../model/secret.ts'
import type { RepositoryAccess } from '../client.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function changePassphrase(runner: BorgRunner, access: RepositoryAccess, next: Secret): Promise<void> {
  await runner.run({ subcommand: 'key change-passphrase', args: [access.path], access, newPassphrase: next })
}
