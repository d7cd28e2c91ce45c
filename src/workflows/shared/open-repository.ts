// The preamble of everything that talks to Borg about a repo: its passphrase, and how long to wait for locks.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** @throws AppError `passphrase-missing`, `passphrase-file-unusable`, `config-invalid` */
export async function openRepository(
  deps: Pick<Deps, 'config' | 'passphrases'>,
  record: Pick<RepoRecord, 'name' | 'path' | 'encryption' | 'passphraseFile'>,
  input: PassphraseInput,
): Promise<RepositoryAccess> {
  const passphrase = record.encryption === 'none' ? undefined : await deps.passphrases.resolveExisting(record, input)
  return await accessTo(deps, record.path, passphrase)
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
  }
}

function sourceInWords({ origin, file }: ResolvedPassphrase): string {
  if (file !== undefined) return `the passphrase in ${file}`
  return origin === 'generated' ? 'the generated passphrase' : `the passphrase from the ${origin}`
}
