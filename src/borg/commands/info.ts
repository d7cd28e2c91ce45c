// `borg info --json` on a repository.

import type { RepositoryAccess, RepositoryInfo } from '../client.ts'
import { at, number, text, time } from '../output/fields.ts'
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
