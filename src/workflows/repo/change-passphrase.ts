// `repo passphrase change`. The new passphrase is on disk beside the old one before Borg hears of it, and takes the old
// one's place after it has opened the repository; the old one stays, for copies and exported keys from before. Cut off
// anywhere, the same command run again finds out how far it came and goes on.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { findRecord } from '../shared/find-record.ts'
import { accessTo, openRepository } from '../shared/open-repository.ts'
import { requireKey } from '../shared/require-key.ts'
import { requireWritable } from '../shared/require-writable.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

type ChangeDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'jobs' | 'clock'>

export interface ChangePassphraseInput extends RepoTarget {
  /** The present one. */
  readonly passphrase: PassphraseInput
  /** Absent in it: one is generated. */
  readonly next: PassphraseInput
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export interface ChangedPassphrase {
  readonly name: RepoName
  /** Where the passphrase is. */
  readonly file: string
  /** Where the one before is, if it was in the usual file. */
  readonly former?: string
  readonly dryRun: boolean
}

export async function changePassphrase(deps: ChangeDeps, input: ChangePassphraseInput): Promise<ChangedPassphrase> {
  const { dryRun } = input
  const record = await findRecord(deps, input)
  requireKey(record)
  requireWritable(record)
  const { name } = record
  const { borg } = await deps.config.load()
  await using _lock = await deps.jobs.acquire(name, 'repo passphrase change', borg.lock_wait)
  const left = await deps.passphrases.prepared(name)
  if (left !== undefined && (await opens(deps, await accessTo(deps, record.path, left)))) {
    return dryRun ? { name, file: deps.passphrases.path(name), dryRun } : await adopt(deps, record)
  }
  const access = await openRepository(deps, record, input.passphrase)
  requireSameRepository(record, (await deps.borg.info(access)).id, 'the passphrase is as it was')
  if (dryRun) return { name, file: deps.passphrases.path(name), dryRun }
  await requireConfirmation(input.confirm, {
    action: `change the passphrase of ${name}`,
    consequences: [
      'a copy of the present one that you keep elsewhere no longer opens it: replace it',
      'keys exported before, and copies off-site from before, still need the present one, which is kept',
    ],
  })
  const next = await deps.passphrases.prepareNext(name, input.next)
  await deps.borg.changePassphrase(access, next.secret)
  await deps.borg.info(await accessTo(deps, record.path, next))
  return await adopt(deps, record)
}

async function opens(deps: ChangeDeps, access: RepositoryAccess): Promise<boolean> {
  try {
    await deps.borg.info(access)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'passphrase-wrong') return false
    throw error
  }
}

async function adopt(deps: ChangeDeps, { name }: RepoRecord): Promise<ChangedPassphrase> {
  const { file, former } = await deps.passphrases.adoptNext(name, deps.clock.now())
  await deps.repos.update(name, ({ passphraseFile: _before, ...rest }) => rest)
  return { name, file, ...optional('former', former), dryRun: false }
}
