// `borg create`: one archive of the sources, with progress and per-file warnings, its figures from its own output.

import type { StepHandlers } from '../../model/events.ts'
import type { CreateOptions, CreateResult, RepositoryAccess } from '../client.ts'
import { archiveArgument } from '../location.ts'
import { at, number, text } from '../output/fields.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function create(
  runner: BorgRunner,
  access: RepositoryAccess,
  options: CreateOptions,
  handlers: StepHandlers,
): Promise<CreateResult> {
  const answer = await runner.json({
    subcommand: 'create',
    args: [
      '--json',
      '--progress',
      ...['--compression', options.compression],
      ...['--checkpoint-interval', String(options.checkpointSeconds)],
      ...(options.oneFileSystem ? ['--one-file-system'] : []),
      ...(options.excludeCaches ? ['--exclude-caches'] : []),
      ...options.exclusions.map((pattern) => `--exclude=${pattern}`),
      archiveArgument(access, options.archive),
      ...options.sources,
    ],
    access,
    handlers,
    onMessage: (message) => {
      if (message.type !== 'archive-progress') return
      handlers.onProgress?.({
        files: message.files,
        bytes: message.originalBytes,
        path: message.path,
      })
    },
  })
  const archive = at(answer, 'archive')
  const stats = at(archive, 'stats')
  return {
    archive: text(archive, 'name'),
    archiveId: text(archive, 'id'),
    repositoryId: text(at(answer, 'repository'), 'id'),
    files: number(stats, 'nfiles'),
    originalBytes: number(stats, 'original_size'),
    compressedBytes: number(stats, 'compressed_size'),
    deduplicatedBytes: number(stats, 'deduplicated_size'),
  }
}
