// `backup list`: the archives of a repo, and `backup contents`: what one of them holds.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Archive, ArchiveEntry } from '../../model/archive.ts'
import { archiveGlob, parseArchiveName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'

export type ReadDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg'>

export interface ReadInput extends RepoTarget {
  readonly passphrase: PassphraseInput
}

export interface ArchiveList {
  readonly repo: string
  /** Oldest first. */
  readonly archives: readonly Archive[]
}

export async function listArchives(
  deps: ReadDeps,
  input: ReadInput & { readonly last?: number | undefined },
): Promise<ArchiveList> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  const archives = await deps.borg.list(access, input.last === undefined ? {} : { last: input.last })
  return { repo: record.name, archives }
}

/** The entries of an archive, streamed in constant memory. `archive`: a name or `latest`. */
export async function* listContents(
  deps: ReadDeps,
  input: ReadInput & { readonly archive: string; readonly paths: readonly string[] },
): AsyncGenerator<ArchiveEntry, void, void> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  yield* deps.borg.contents(access, await findArchive(deps, record, access, input.archive), input.paths)
}

/** A name as it is; `latest` as the newest archive of this repo's own. @throws AppError `archive-unknown` */
export async function findArchive(
  deps: Pick<Deps, 'borg'>,
  record: RepoRecord,
  access: RepositoryAccess,
  archive: string,
): Promise<string> {
  if (archive !== 'latest') return parseArchiveName(archive)
  const [newest] = await deps.borg.list(access, { glob: record.archiveGlob ?? archiveGlob(record.name), last: 1 })
  if (newest) return newest.name
  throw new AppError('archive-unknown', `${record.name} has no archive yet`, {
    reason: 'nothing was ever backed up into it by this name',
    hint: `make one with: borgboi backup daily --name ${record.name}`,
  })
}
