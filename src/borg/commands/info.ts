// `borg info --json` on a repository, and on one archive.

import type { ArchiveDetails } from '../../model/archive.ts'
import type { RepositoryAccess, RepositoryInfo } from '../client.ts'
import { archiveArgument } from '../location.ts'
import { at, items, number, text, time } from '../output/fields.ts'
import type { BorgRunner } from '../run-borg.ts'

export async function info(runner: BorgRunner, access: RepositoryAccess): Promise<RepositoryInfo> {
  const answer = await runner.json({
    subcommand: 'info',
    args: ['--json', access.path],
    access,
  })
  const repository = at(answer, 'repository')
  const stats = at(at(answer, 'cache'), 'stats')
  return {
    id: text(repository, 'id'),
    encryption: text(at(answer, 'encryption'), 'mode'),
    lastModified: time(repository, 'last_modified'),
    originalBytes: number(stats, 'total_size'),
    compressedBytes: number(stats, 'total_csize'),
    deduplicatedBytes: number(stats, 'unique_csize'),
  }
}

export async function archiveDetails(
  runner: BorgRunner,
  access: RepositoryAccess,
  archive: string,
): Promise<ArchiveDetails> {
  const answer = await runner.json({ subcommand: 'info', args: ['--json', archiveArgument(access, archive)], access })
  const details = items(answer, 'archives')[0] ?? {}
  const stats = at(details, 'stats')
  return {
    name: text(details, 'name'),
    id: text(details, 'id'),
    startedAt: time(details, 'start'),
    files: number(stats, 'nfiles'),
    originalBytes: number(stats, 'original_size'),
    compressedBytes: number(stats, 'compressed_size'),
    deduplicatedBytes: number(stats, 'deduplicated_size'),
  }
}
