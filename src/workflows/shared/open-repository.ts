// The preamble of everything that talks to Borg about a repo: its passphrase, how long to wait for locks, and that Borg
// keeps what it learns of a copy apart from what it knows of the original.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** @throws AppError `passphrase-missing`, `passphrase-file-unusable`, `config-invalid` */
export async function openRepository(
  deps: Pick<Deps, 'config' | 'passphrases' | 'borg'>,
  record: Pick<RepoRecord, 'name' | 'path' | 'encryption' | 'passphraseFile' | 'readOnly'>,
  input: PassphraseInput,
): Promise<RepositoryAccess> {
  const passphrase = record.encryption === 'none' ? undefined : await deps.passphrases.resolveExisting(record, input)
  const access = await accessTo(deps, record.path, passphrase)
  return record.readOnly ? await asCopy(deps, record.name, access) : access
}

/** The access to a copy that is only read: what this user's Borg knows of the repository it is of stays as it is. */
export async function asCopy(
  deps: Pick<Deps, 'borg'>,
  name: RepoName,
  access: RepositoryAccess,
): Promise<RepositoryAccess> {
  return { ...access, trustLocation: true, baseDirectory: await deps.borg.baseDirectory(name) }
}

/** Removes what Borg learned of a copy of that name. */
export async function forgetCopy(deps: Pick<Deps, 'borg' | 'files'>, name: RepoName): Promise<void> {
  await deps.files.removeTree(await deps.borg.baseDirectory(name))
}

/** The access to a repository whose passphrase is known. */
export async function accessTo(
  deps: Pick<Deps, 'config'>,
  path: string,
  passphrase: ResolvedPassphrase | undefined,
): Promise<RepositoryAccess> {
  const { borg } = await deps.config.load()
  return {
    path,
    lockWaitSeconds: Math.ceil(borg.lock_wait / 1000),
    ...(passphrase && { passphrase: passphrase.secret, passphraseSource: sourceInWords(passphrase) }),
    ...(passphrase?.isBeingChanged && { isPassphraseBeingChanged: true }),
  }
}

function sourceInWords({ origin, file }: ResolvedPassphrase): string {
  if (file !== undefined) return `the passphrase in ${file}`
  if (origin === 'terminal') return 'the passphrase that was typed'
  return origin === 'generated' ? 'the generated passphrase' : `the passphrase from the ${origin}`
}
