// What workflows that read a repository share: their dependencies, their input, and which archives are meant.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { Archive } from '../../model/archive.ts'
import { heldName, isHeld } from '../../model/held.ts'
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
  const archives = record.readOnly
    ? await deps.borg.list(access, { last })
    : await listOwnArchives(deps, record, access, last)
  return archives.map(({ name }) => name)
}

/** The repo's own archives, held or not, oldest first; all of them, or the newest few. */
export async function listOwnArchives(
  deps: Pick<Deps, 'borg'>,
  record: RepoRecord,
  access: RepositoryAccess,
  last?: number,
): Promise<readonly Archive[]> {
  const glob = ownArchives(record)
  const newest = last === undefined ? {} : { last }
  // One after the other: Borgs that meet at a lock wait longer than a list takes.
  const own = await deps.borg.list(access, { glob, ...newest })
  const held = await deps.borg.list(access, { glob: heldName(glob), ...newest })
  // A glob may match both.
  const byName = new Map([...own, ...held].map((archive) => [archive.name, archive]))
  const oldestFirst = [...byName.values()].sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime())
  return oldestFirst.slice(last === undefined ? 0 : -last)
}

/**
 * What archives that have to be there are called now, each once: a held one is also found by the name it has otherwise.
 * @throws AppError `archive-unknown` where one is not there: nothing may be done on a mistyped list
 */
export async function findArchives(
  deps: Pick<Deps, 'borg'>,
  record: RepoRecord,
  access: RepositoryAccess,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const names = await Promise.all(wanted.map((archive) => findArchive(deps, record, access, archive)))
  const there = new Set((await deps.borg.list(access)).map(({ name }) => name))
  const missing = names.filter((name) => !there.has(name) && !there.has(heldName(name)))
  if (missing.length > 0) {
    throw new AppError('archive-unknown', `${record.name} has no archive ${missing.join(', ')}`, {
      reason: names.length === 1 ? 'nothing was done' : 'nothing was done with any of those that were named',
      hint: `list what there is with: borgboi backup list --name ${record.name}`,
    })
  }
  return [...new Set(names.map((name) => (there.has(name) ? name : heldName(name))))]
}

/** @throws AppError `archive-held` */
export function requireNotHeld(record: RepoRecord, archives: readonly string[], attempt: string): void {
  const held = archives.filter(isHeld)
  const [first] = held
  if (first === undefined) return
  throw new AppError('archive-held', `did not ${attempt}`, {
    reason: `${held.join(', ')} ${held.length === 1 ? 'is' : 'are'} held`,
    hint: `if that is no longer needed: borgboi backup release --name ${record.name} ${first}`,
  })
}
