// `borg delete`: archives, or the whole repository with its cache.

import type { RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import { parseDeletedBytes } from '../output/size.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function deleteArchives(
  runner: BorgRunner,
  access: RepositoryAccess,
  options: { readonly archives: readonly string[]; readonly dryRun: boolean },
): Promise<{ readonly reclaimableBytes: number }> {
  const [first = '', ...others] = options.archives
  let reclaimableBytes = 0
  await runner.run({
    subcommand: 'delete',
    args: [options.dryRun ? '--dry-run' : '--stats', '--', archiveArgument(access, first), ...others],
    access,
    onMessage: (message) => {
      if (message.type === 'log') reclaimableBytes = parseDeletedBytes(message.text) ?? reclaimableBytes
    },
  })
  return { reclaimableBytes }
}

export async function deleteRepository(runner: BorgRunner, access: RepositoryAccess): Promise<void> {
  await runner.run({
    subcommand: 'delete',
    args: [access.path],
    access,
    // Borg asks for YES on the terminal; the person has confirmed it to borgboi, naming the repository.
    answers: { BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: 'YES' },
  })
}
