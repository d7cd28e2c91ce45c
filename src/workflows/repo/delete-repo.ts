// `repo delete`: the repository with all its archives, and then the record; or, with `keepRepository`, the record alone.
// What Borg learned of a copy goes with its record. The passphrase file always stays: it may be the only way into a copy somewhere else.

import type { Deps, PassphraseInput, RepoTarget } from '../../deps.ts'
import { isHeld } from '../../model/held.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { numberOf } from '../../model/words.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { findRecord } from '../shared/find-record.ts'
import { forgetCopy, openRepository } from '../shared/open-repository.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

type DeleteDeps = Pick<Deps, 'repos' | 'config' | 'passphrases' | 'borg' | 'jobs' | 'files'>

export interface DeleteRepoInput extends RepoTarget {
  readonly keepRepository: boolean
  readonly dryRun: boolean
  readonly passphrase: PassphraseInput
  readonly confirm: Confirm
}

export interface DeletedRepo {
  readonly record: RepoRecord
  readonly repositoryDeleted: boolean
  /** What was deleted, or in a dry run would be. */
  readonly archives: number
  readonly dryRun: boolean
}

export async function deleteRepo(deps: DeleteDeps, input: DeleteRepoInput): Promise<DeletedRepo> {
  const record = await findRecord(deps, input)
  const { borg } = await deps.config.load()
  await using _lock = await deps.jobs.acquire(record.name, 'repo delete', borg.lock_wait)
  if (input.keepRepository) return await forgetRecord(deps, input, record)

  const access = await openRepository(deps, record, input.passphrase)
  requireSameRepository(record, (await deps.borg.info(access)).id, 'nothing was deleted')
  const names = (await deps.borg.list(access)).map(({ name }) => name)
  const archives = names.length
  const held = names.filter(isHeld)
  const result = { record, repositoryDeleted: true, archives, dryRun: input.dryRun }
  if (input.dryRun) return result
  await requireConfirmation(input.confirm, {
    action: `delete the repository of ${record.name}`,
    consequences: [
      `${record.path} with ${numberOf(archives, 'archive')}, for good`,
      ...(held.length === 0 ? [] : [`also what is held: ${held.join(', ')}`]),
      `the record of ${record.name}`,
      'the passphrase file stays where it is',
      ...(record.vault === undefined ? [] : [`its copies in ${record.vault} stay: borgboi s3 delete removes them`]),
    ],
  })
  await deps.borg.deleteRepository(access)
  await removeRecord(deps, record)
  return result
}

async function forgetRecord(deps: DeleteDeps, input: DeleteRepoInput, record: RepoRecord): Promise<DeletedRepo> {
  const result = { record, repositoryDeleted: false, archives: 0, dryRun: input.dryRun }
  if (input.dryRun) return result
  await requireConfirmation(input.confirm, {
    action: `forget ${record.name}`,
    consequences: [`only borgboi's record of it; the repository at ${record.path} stays as it is`],
  })
  await removeRecord(deps, record)
  return result
}

async function removeRecord(deps: DeleteDeps, { name, readOnly }: RepoRecord): Promise<void> {
  await deps.repos.remove(name)
  if (readOnly) await forgetCopy(deps, name)
}
