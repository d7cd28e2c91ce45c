// `repo import`: records a Borg repository that exists already. Nothing in the repository changes. The record is written
// last, after Borg has opened the repository with the passphrase.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isRemote } from '../../model/location.ts'
import { optional, ownArchives, type RepoRecord } from '../../model/repo.ts'
import type { ChosenVault } from '../shared/choose-vault.ts'
import { keepPassphrase, passphraseIfAny, unusual } from '../shared/keep-passphrase.ts'
import { accessTo } from '../shared/open-repository.ts'
import { checkSettings, newRecord, type RepoSettings } from './settings.ts'

type ImportDeps = Pick<
  Deps,
  'config' | 'repos' | 'passphrases' | 'borg' | 'files' | 'sourceTrees' | 'clock' | 'host' | 'vaults'
>

export interface ImportRepoInput extends RepoSettings {
  /** Which archives prune may remove, as Borg's --glob-archives; absent: only those named as borgboi names them. */
  readonly archiveGlob?: string | undefined
  /** A person has said that this state is meant, though Borg here may have seen a newer one. */
  readonly acceptOlder?: boolean | undefined
}

export interface ImportedRepo {
  readonly record: RepoRecord
  readonly archives: number
  /** Of these, how many the retention policy will look at. */
  readonly managedArchives: number
  /** What the vault was seen to keep, where one was chosen. */
  readonly vault?: ChosenVault
}

export async function importRepo(deps: ImportDeps, input: ImportRepoInput): Promise<ImportedRepo> {
  const settings = await checkSettings(deps, input)
  if (!isRemote(settings.path)) await requireDirectory(deps, settings.path)
  const passphrase = await passphraseIfAny(deps, { name: settings.name }, input.passphrase)
  // Importing is the person's own statement that this is the repository, wherever it was before.
  const access = { ...(await accessTo(deps, settings.path, passphrase)), trustLocation: true }
  if (input.acceptOlder) await forgetNewerState(deps, access)
  const info = await deps.borg.info(access)
  await requireNewId(deps, info.id)
  const glob = ownArchives({ ...settings, ...optional('archiveGlob', input.archiveGlob) })
  const [all, managed] = [await deps.borg.list(access), await deps.borg.list(access, { glob })]
  const file =
    info.encryption === 'none' || passphrase === undefined
      ? undefined
      : await keepPassphrase(deps, settings.name, passphrase)
  const record = {
    ...newRecord(deps, settings, info, unusual(deps, settings.name, file)),
    ...optional('archiveGlob', input.archiveGlob),
  }
  await deps.repos.add(record)
  return {
    record,
    archives: all.length,
    managedArchives: managed.length,
    ...optional('vault', settings.vault),
  }
}

async function requireDirectory(deps: ImportDeps, path: string): Promise<void> {
  if ((await deps.files.kind(path)) === 'directory') return
  throw new AppError('repository-missing', `there is no Borg repository at ${path}`, {
    reason: 'there is no directory of that name',
    hint: 'check the path; a new repository is made with: borgboi repo create',
  })
}

/** Its counter Borg keeps, so that it encrypts nothing with numbers that were used before. */
async function forgetNewerState(deps: ImportDeps, access: RepositoryAccess): Promise<void> {
  const id = await deps.borg.repositoryId(access)
  if (id === undefined) {
    throw new AppError('usage-invalid', `cannot accept an older state of ${access.path}`, {
      reason: isRemote(access.path) ? 'it is on another machine' : 'there is no Borg repository',
      hint: 'leave --accept-older out',
    })
  }
  await requireNewId(deps, id)
  await deps.borg.forgetNewerState(access, id)
}

async function requireNewId(deps: ImportDeps, id: string): Promise<void> {
  const known = (await deps.repos.getByBorgId(id)).find(({ readOnly }) => !readOnly)
  if (known === undefined) return
  throw new AppError('repo-exists', 'cannot record this repository a second time', {
    reason: `${known.name} at ${known.path} has the same repository id`,
    hint: 'two live copies of one repository are not safe with Borg; delete the other record first if it is gone',
  })
}
