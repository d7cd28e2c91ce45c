// `backup mount` and `backup umount`: archives to look into as if they were directories. While they are mounted Borg
// holds the repository's lock, and backups wait.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { optional } from '../../model/repo.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { findArchive, type ReadDeps, type ReadInput } from '../shared/read-repository.ts'

type MountDeps = ReadDeps & Pick<Deps, 'files'>

export interface MountInput extends ReadInput {
  /** A name, or `latest`; absent: all of them, a directory each. */
  readonly archive?: string | undefined
  /** Absolute; empty, or not there yet. */
  readonly directory: string
  /** Resolves when it is over. */
  readonly foreground: boolean
}

export interface MountedArchives {
  readonly name: RepoName
  readonly directory: string
  readonly archive?: string
}

/** @throws AppError `fuse-missing`, `destination-not-empty` */
export async function mountArchives(deps: MountDeps, input: MountInput): Promise<MountedArchives> {
  const { directory, foreground } = input
  const record = await findRecord(deps, input)
  const isNew = (await deps.files.kind(directory)) === undefined
  if (!isNew) await requireEmpty(deps, directory)
  const access = await openRepository(deps, record, input.passphrase)
  const archive = input.archive === undefined ? undefined : await findArchive(deps, record, access, input.archive)
  if (isNew) await deps.files.makeDirectory(directory)
  try {
    await deps.borg.mount(access, { archive, directory, foreground })
  } catch (error) {
    if (isNew && (await deps.files.isEmptyDirectory(directory))) await deps.files.removeTree(directory)
    throw error
  }
  return { name: record.name, directory, ...optional('archive', archive) }
}

async function requireEmpty(deps: MountDeps, directory: string): Promise<void> {
  const kind = await deps.files.kind(directory)
  if (kind === 'directory' && (await deps.files.isEmptyDirectory(directory))) return
  throw new AppError('destination-not-empty', `did not mount anything at ${directory}`, {
    reason: kind === 'directory' ? 'what is in it would be hidden' : 'it is not a directory',
    hint: 'name an empty directory, or one that is not there yet',
  })
}

/** The directory stays. @throws AppError `file-unusable` */
export async function unmountArchives(
  deps: Pick<Deps, 'borg'>,
  input: { readonly directory: string },
): Promise<{ readonly directory: string }> {
  await deps.borg.umount(input.directory)
  return { directory: input.directory }
}
