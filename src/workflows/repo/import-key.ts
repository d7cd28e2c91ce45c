// `repo key import`: puts an exported key back. The key it replaces is kept beside the imported one first; where the
// passphrase does not open the repository with the imported key, the former one is put back.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { findRecord } from '../shared/find-record.ts'
import { passphraseIfAny } from '../shared/keep-passphrase.ts'
import { openRepository } from '../shared/open-repository.ts'
import { requireKey } from '../shared/require-key.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

type ImportDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'files' | 'jobs' | 'clock'>

export interface ImportKeyInput extends RepoTarget {
  /** An absolute path. */
  readonly from: string
  readonly dryRun: boolean
  readonly passphrase: PassphraseInput
  readonly confirm: Confirm
}

export interface ImportedKey {
  readonly name: RepoName
  readonly from: string
  /** Where the key it replaced is now, or in a dry run would be; absent where there was none. */
  readonly replaced?: string
  /** Where the passphrase is looked for, when the one there does not open the repository any more. */
  readonly stalePassphrase?: string
  readonly dryRun: boolean
}

export async function importKey(deps: ImportDeps, input: ImportKeyInput): Promise<ImportedKey> {
  const { from, dryRun } = input
  const record = await findRecord(deps, input)
  requireKey(record)
  const { borg } = await deps.config.load()
  await using _lock = await deps.jobs.acquire(record.name, 'repo key import', borg.lock_wait)
  const access = await openRepository(deps, record, input.passphrase)
  requireSameRepository(record, await deps.borg.repositoryId(access), 'no key was imported')
  const former = await keyIfAny(deps, access)
  const imported = { name: record.name, from, dryRun }
  if (former === undefined) {
    if (dryRun) return imported
    await deps.borg.importKey(access, from)
    await deps.borg.info(access)
    return { ...imported, ...(await stalePassphrase(deps, record, access)) }
  }
  const replaced = `${from}.replaced-${deps.clock.now().toISOString().slice(0, 19).replaceAll(':', '')}`
  if (dryRun) return { ...imported, replaced }
  await requireConfirmation(input.confirm, {
    action: `replace the key of ${record.name}`,
    consequences: [`the key it has now, which is kept in ${replaced}`],
  })
  await keep(deps, replaced, former)
  await deps.borg.importKey(access, from)
  await proveKey(deps, access, replaced)
  return { ...imported, replaced, ...(await stalePassphrase(deps, record, access)) }
}

/** A key from before a change of the passphrase is opened by the one before, and by no other. */
async function stalePassphrase(deps: ImportDeps, record: RepoRecord, { passphrase }: RepositoryAccess) {
  const usual = await passphraseIfAny(deps, record, {})
  if (usual === undefined || usual.secret.reveal() === passphrase?.reveal()) return {}
  return { stalePassphrase: usual.file ?? `the ${usual.origin}` }
}

async function keyIfAny(deps: ImportDeps, access: RepositoryAccess): Promise<string | undefined> {
  try {
    return await deps.borg.exportKey(access, 'file')
  } catch (error) {
    if (error instanceof AppError && error.code === 'key-missing') return undefined
    throw error
  }
}

async function keep(deps: ImportDeps, file: string, key: string): Promise<void> {
  if (await deps.files.createPrivateFile(file, key)) return
  throw new AppError('file-unusable', `cannot keep the present key in ${file}`, {
    reason: 'there is a file of that name',
    hint: 'nothing was changed; run the same command again',
  })
}

async function proveKey(deps: ImportDeps, access: RepositoryAccess, former: string): Promise<void> {
  try {
    await deps.borg.info(access)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'passphrase-wrong') throw error
    await deps.borg.importKey(access, former)
    throw new AppError('passphrase-wrong', 'the imported key does not open the repository; the former one is back', {
      reason: `${access.passphraseSource ?? 'the passphrase'} is not the one the imported key was locked with`,
      hint: 'name the passphrase from the time of the export with --passphrase-file FILE',
      cause: error,
    })
  }
}
