// `borg rename`, and `borg recreate` for what else an archive is called: its comment, and its name in Borg before 1.2.6.

import type { RepositoryAccess } from '../client.ts'
import { archiveArgument, literal } from '../location.ts'
import type { BorgRunner } from '../run-borg.ts'
import { deleteArchives } from './delete.ts'

export async function rename(
  runner: BorgRunner,
  access: RepositoryAccess,
  archive: string,
  name: string,
): Promise<void> {
  await runner.run({
    subcommand: 'rename',
    args: ['--', archiveArgument(access, archive), literal(name)],
    access,
  })
}

/**
 * For a Borg whose rename cannot be used: a copy of the archive's list of files, which is signed as any new archive is,
 * then the original goes. Cut off in between, both are there. Its host and user are those of this process afterwards.
 */
export async function renameByCopy(
  runner: BorgRunner,
  access: RepositoryAccess,
  archive: string,
  name: string,
): Promise<void> {
  await runner.run({
    subcommand: 'recreate',
    args: ['--target', literal(name), '--', archiveArgument(access, archive)],
    access,
  })
  await deleteArchives(runner, access, { archives: [archive], dryRun: false })
}

export async function comment(
  runner: BorgRunner,
  access: RepositoryAccess,
  archive: string,
  text: string,
): Promise<void> {
  await runner.run({
    subcommand: 'recreate',
    // In one word: a comment may begin with a dash.
    args: [`--comment=${literal(text)}`, '--', archiveArgument(access, archive)],
    access,
  })
}
