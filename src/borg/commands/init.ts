// `borg init`, and the settings of a new repository that only `borg config` can make.

import type { InitOptions, RepositoryAccess } from '../client.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function init(runner: BorgRunner, access: RepositoryAccess, options: InitOptions): Promise<void> {
  const quota = options.quotaBytes ? ['--storage-quota', String(options.quotaBytes)] : []
  await runner.run({
    subcommand: 'init',
    args: ['--encryption', options.encryption, '--make-parent-dirs', ...quota, access.path],
    access,
  })
  const settings: [string, number | undefined][] = [
    ['max_segment_size', options.maxSegmentBytes],
    ['additional_free_space', options.additionalFreeBytes],
  ]
  for (const [key, value] of settings) {
    if (value)
      await runner.run({
        subcommand: 'config',
        args: [access.path, key, String(value)],
        access,
      })
  }
}
