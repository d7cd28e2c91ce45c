// `backup list`: the archives of a repo, and `backup contents`: what one of them holds.

import type { Archive, ArchiveEntry } from '../../model/archive.ts'
import { isHeld } from '../../model/held.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { findArchive, type ReadDeps, type ReadInput } from '../shared/read-repository.ts'
import { archivePaths, requireMatched } from './paths.ts'

export interface ArchiveList {
  readonly repo: string
  /** Oldest first. Held: neither pruned nor deleted. */
  readonly archives: readonly (Archive & { readonly held: boolean })[]
}

export async function listArchives(
  deps: ReadDeps,
  input: ReadInput & { readonly last?: number | undefined; readonly comments?: boolean },
): Promise<ArchiveList> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  const { last, comments } = input
  const archives = await deps.borg.list(access, { ...(last !== undefined && { last }), ...(comments && { comments }) })
  return { repo: record.name, archives: archives.map((archive) => ({ ...archive, held: isHeld(archive.name) })) }
}

/**
 * The entries of an archive, streamed in constant memory. `archive`: a name or `latest`.
 * @throws AppError `path-unknown` when there are paths and none of them is in it
 */
export async function* listContents(
  deps: ReadDeps,
  input: ReadInput & {
    readonly archive: string
    readonly paths: readonly string[]
    /** Only entries of this type. */
    readonly type?: ArchiveEntry['type'] | undefined
  },
): AsyncGenerator<ArchiveEntry, void, void> {
  const record = await findRecord(deps, input)
  const access = await openRepository(deps, record, input.passphrase)
  const archive = await findArchive(deps, record, access, input.archive)
  const paths = archivePaths(input.paths, record.sources)
  let isEmpty = true
  for await (const entry of deps.borg.contents(access, archive, paths)) {
    isEmpty = false
    if (input.type === undefined || entry.type === input.type) yield entry
  }
  if (isEmpty) requireMatched(paths, archive)
}
