// `repo key export`: the repository's key as text or into a new file. It is still locked by the passphrase; a repository
// whose own copy of the key is gone opens with these two and nothing else.

import type { KeyForm } from '../../borg/client.ts'
import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { findRecord } from '../shared/find-record.ts'
import { accessTo } from '../shared/open-repository.ts'
import { requireKey } from '../shared/require-key.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

export interface ExportKeyInput extends RepoTarget {
  readonly form: KeyForm
  /** An absolute path where nothing is yet; absent: the key is in the result. */
  readonly to?: string | undefined
}

export interface ExportedKey {
  readonly name: RepoName
  readonly form: KeyForm
  readonly file?: string
  readonly key?: string
}

export async function exportKey(
  deps: Pick<Deps, 'repos' | 'config' | 'borg' | 'files'>,
  { form, to, ...target }: ExportKeyInput,
): Promise<ExportedKey> {
  const record = await findRecord(deps, target)
  requireKey(record)
  const access = await accessTo(deps, record.path, undefined)
  requireSameRepository(record, await deps.borg.repositoryId(access), 'no key was exported')
  const key = await deps.borg.exportKey(access, form)
  if (to === undefined) return { name: record.name, form, key }
  if (await deps.files.createPrivateFile(to, key)) return { name: record.name, form, file: to }
  throw new AppError('file-unusable', `did not write the key of ${record.name} to ${to}`, {
    reason: 'something is there already, perhaps the only copy of another key',
    hint: 'name a file that is not there yet',
  })
}
