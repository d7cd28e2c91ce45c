// `backup diff`: what differs between two archives, streamed in constant memory.

import type { RepositoryAccess } from '../../borg/client.ts'
import { AppError } from '../../errors.ts'
import type { ArchiveChange } from '../../model/archive.ts'
import { parseArchiveName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { newestArchives, type ReadDeps, type ReadInput } from '../shared/read-repository.ts'
import { archivePaths, requireMatched } from './paths.ts'

export interface DiffInput extends ReadInput {
  /** A name, `latest`, or `previous` for the one before it, which is also the default. */
  readonly before?: string | undefined
  /** As `before`; default `latest`. */
  readonly after?: string | undefined
  readonly paths: readonly string[]
  readonly contentOnly: boolean
}

/** @throws AppError `archive-unknown`; at the end `path-unknown` for paths that are in neither archive */
export async function* diffArchives(deps: ReadDeps, input: DiffInput): AsyncGenerator<ArchiveChange, void, void> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  const [before, after] = await findArchives(deps, record, access, [
    input.before ?? 'previous',
    input.after ?? 'latest',
  ])
  const paths = archivePaths(input.paths, record.sources)
  const unmatched: string[] = []
  yield* deps.borg.diff(
    access,
    { before, after, paths, contentOnly: input.contentOnly },
    {
      onWarning: ({ kind, path, message }) => {
        if (kind === 'pattern-unmatched') unmatched.push(path ?? message)
      },
    },
  )
  requireMatched(unmatched, before, after)
}

async function findArchives(
  deps: ReadDeps,
  record: RepoRecord,
  access: RepositoryAccess,
  [before, after]: readonly [string, string],
): Promise<[before: string, after: string]> {
  const needed = [before, after].includes('previous') ? 2 : [before, after].includes('latest') ? 1 : 0
  const newest = needed === 0 ? [] : await newestArchives(deps, record, access, needed)
  if (newest.length < needed) {
    throw new AppError('archive-unknown', `${record.name} has no ${needed} archives to compare`, {
      reason: newest.length === 0 ? 'nothing was ever backed up into it by this name' : `it has only ${newest[0]}`,
      hint: `make one with: borgboi backup daily --name ${record.name}`,
    })
  }
  const toName = (archive: string) => {
    if (archive === 'latest') return newest.at(-1) ?? archive
    return archive === 'previous' ? (newest.at(-2) ?? archive) : parseArchiveName(archive)
  }
  return [toName(before), toName(after)]
}
