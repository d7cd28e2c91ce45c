// Passphrases of repositories that are being recorded: where they are taken from, where they are kept.

import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** Undefined where there is none: the repository may still be unencrypted; Borg tells. */
export async function passphraseIfAny(
  deps: Pick<Deps, 'passphrases'>,
  record: Pick<RepoRecord, 'name' | 'passphraseFile'>,
  input: PassphraseInput,
): Promise<ResolvedPassphrase | undefined> {
  try {
    return await deps.passphrases.resolveExisting(record, input)
  } catch (error) {
    if (error instanceof AppError && error.code === 'passphrase-missing' && input.file === undefined) return undefined
    throw error
  }
}

/** A file the person named is used where it is; anything else is written to the repo's usual file. Returns the file. */
export async function keepPassphrase(
  deps: Pick<Deps, 'passphrases'>,
  name: RepoName,
  passphrase: ResolvedPassphrase,
): Promise<string> {
  return passphrase.file ?? (await deps.passphrases.store(name, passphrase.secret))
}

/** What a record says of that file: nothing when it is the usual one. */
export function unusual(deps: Pick<Deps, 'passphrases'>, name: RepoName, file: string | undefined): string | undefined {
  return file === deps.passphrases.path(name) ? undefined : file
}
