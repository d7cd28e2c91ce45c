// `borg recreate`: an archive written anew without what patterns match, or with its data compressed otherwise. Its name
// and times stay, what is left out is gone from it.

import type { RecreateOptions, RecreateResult, RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import type { BorgRunner } from '../run-borg.ts'

const EXAMPLES = 3

export async function recreate(
  runner: BorgRunner,
  access: RepositoryAccess,
  { archive, exclusions, compression, dryRun }: RecreateOptions,
): Promise<RecreateResult> {
  let excluded = 0
  const examples: string[] = []
  await runner.run({
    subcommand: 'recreate',
    args: [
      // Only what is left out.
      ...['--list', '--filter', 'x'],
      ...(dryRun ? ['--dry-run'] : []),
      ...exclusions.map((pattern) => `--exclude=${pattern}`),
      ...(compression === undefined ? [] : ['--recompress', 'if-different', '--compression', compression]),
      '--',
      archiveArgument(access, archive),
    ],
    access,
    onMessage: (message) => {
      if (message.type !== 'file-status' || message.status !== 'x') return
      excluded++
      if (examples.length < EXAMPLES) examples.push(message.path)
    },
  })
  return { excluded, examples }
}
