// `borg rename`, and `borg recreate` for the one thing it is used for here: the comment of an archive.

import type { RepositoryAccess } from '../client.ts'
import { archiveArgument, literal } from '../location.ts'
import type { BorgRunner } from '../run-borg.ts'

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
