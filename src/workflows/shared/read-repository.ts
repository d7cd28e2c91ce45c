// What workflows that read a repository share: their dependencies, their input, and which archive is meant.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseArchiveName } from '../../model/names.ts'
import { ownArchives, type RepoRecord } from '../../model/repo.ts'

export type ReadDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg'>

export interface ReadInput extends RepoTarget {
  readonly passphrase: PassphraseInput
}

/**
 * A name as it is; `latest` as the newest archive of this repo's own, and of all in a copy that is only read: how they
 * were named there nobody has to know here. @throws AppError `archive-unknown`
 */
export async function findArchive(
  deps: Pick<Deps, 'borg'>,
  record: RepoRecord,
  access: RepositoryAccess,
  archive: string,
): Promise<string> {
  if (archive !== 'latest') return parseArchiveName(archive)
  const newest = (await newestArchives(deps, record, access, 1))[0]
  if (newest !== undefined) return newest
  throw new AppError('archive-unknown', `${record.name} has no archive yet`, {
    reason: 'nothing was ever backed up into it by this name',
    hint: `make one with: borgboi backup daily --name ${record.name}`,
  })
}

/** The names of the newest archives that `latest` may mean, oldest first; fewer where there are fewer. */
export async function newestArchives(
  deps: Pick<Deps, 'borg'>,
  record: RepoRecord,
  access: RepositoryAccess,
  last: number,
): Promise<readonly string[]> {
  const archives = await deps.borg.list(access, { last, ...(record.readOnly ? {} : { glob: ownArchives(record) }) })
  return archives.map(({ name }) => name)
}
