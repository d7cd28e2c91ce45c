// After a repository was taken over: this user's Borg may know it at another place, or in a newer state than the one that
// is written to from now on, and would refuse it.

import type { Deps } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { accessTo } from '../shared/open-repository.ts'
import { requireSameRepository } from '../shared/same-repository.ts'

/** Needs no passphrase; safe to repeat. @throws AppError `repository-moved` where another repository lies there */
export async function acceptTakenOver(
  deps: Pick<Deps, 'config' | 'borg'>,
  repository: Pick<RepoRecord, 'borgId' | 'path' | 'encryption'>,
): Promise<void> {
  const access = await accessTo(deps, repository.path, undefined)
  requireSameRepository(repository, await deps.borg.repositoryId(access), 'what Borg knows was left as it is')
  await deps.borg.forgetNewerState(access, repository.borgId)
  // Borg asks before it opens one that is unencrypted and that it does not know.
  if (repository.encryption === 'none') await deps.borg.info({ ...access, trustLocation: true })
}
