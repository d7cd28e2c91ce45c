// `repo list`: the records, from the local store alone. No Borg, no configuration, no network.

import type { Deps } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'

export function listRepos(deps: Pick<Deps, 'repos'>): Promise<readonly RepoRecord[]> {
  return deps.repos.list()
}
