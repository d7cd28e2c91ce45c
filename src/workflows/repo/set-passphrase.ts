// `repo passphrase set`: tells borgboi the passphrase of a repository that got another one elsewhere. It has to open the
// repository; then it takes its place in the repo's own file, and what was there stays beside it.

import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import type { Secret } from '../../model/secret.ts'
import { findRecord } from '../shared/find-record.ts'
import { openRepository } from '../shared/open-repository.ts'
import { requireKey } from '../shared/require-key.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

export interface SetPassphraseInput extends RepoTarget {
  readonly passphrase: PassphraseInput
  /** Asks a person, where none was handed in; undefined where nobody can be asked. */
  readonly ask: (question: string) => Promise<Secret | undefined>
}

export interface SetPassphrase {
  readonly name: RepoName
  /** Where it is. */
  readonly file: string
  /** Where another one is that was there before. */
  readonly former?: string
}

/** @throws AppError `passphrase-wrong` for one that does not open it; what is kept is as it was then */
export async function setPassphrase(
  deps: Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'jobs' | 'clock'>,
  input: SetPassphraseInput,
): Promise<SetPassphrase> {
  const record = await findRecord(deps, input)
  requireKey(record)
  const { name } = record
  const given = await handedIn(record, input)
  const { borg } = await deps.config.load()
  await using _lock = await deps.jobs.acquire(name, 'repo passphrase set', borg.lock_wait)
  const access = await openRepository(deps, record, given)
  requireSameRepository(record, (await deps.borg.info(access)).id, 'what is kept is as it was')
  await deps.passphrases.prepareNext(name, { typed: access.passphrase })
  const { file, former } = await deps.passphrases.adoptNext(name, deps.clock.now())
  await deps.repos.update(name, ({ passphraseFile: _before, ...rest }) => rest)
  return { name, file, ...optional('former', former) }
}

async function handedIn({ name }: RepoRecord, { passphrase, ask }: SetPassphraseInput): Promise<PassphraseInput> {
  const { value, file, fd } = passphrase
  if (value !== undefined || file !== undefined || fd !== undefined) return passphrase
  const typed = await ask(`passphrase for ${name} (hidden)`)
  if (typed !== undefined) return { typed }
  throw new AppError('usage-invalid', `there is no passphrase to keep for ${name}`, {
    reason: 'none was handed in, and there is no terminal to ask on',
    hint: 'name the file that has it with --passphrase-file FILE',
  })
}
