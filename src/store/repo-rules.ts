// What may become of a set of repo records: pure steps from one set to the next, the same for every store.

import { AppError } from '../errors.ts'
import type { RepoName } from '../model/names.ts'
import { parseRepoRecord, type RepoRecord } from '../model/repo.ts'

/** Records in the order of names, by code units; no name and no path twice. */
export type Repos = readonly RepoRecord[]

export interface Changed {
  readonly repos: Repos
  /** The record that was written, or the one that was removed. */
  readonly record: RepoRecord
}

export function findRepo(repos: Repos, name: string): RepoRecord | undefined {
  const record = repos[positionOf(repos, name)]
  return record?.name === name ? record : undefined
}

/** @throws AppError `repo-exists`, `value-invalid` */
export function withAdded(repos: Repos, record: RepoRecord): Changed {
  const checked = parseRepoRecord(record)
  refuseTaken(repos, checked)
  return { repos: repos.toSpliced(positionOf(repos, checked.name), 0, checked), record: checked }
}

/** The change may give the repo another name or path. @throws AppError `repo-unknown`, `repo-exists`, `value-invalid` */
export function withUpdated(repos: Repos, name: RepoName, change: (current: RepoRecord) => RepoRecord): Changed {
  const { repos: others, record: current } = withRemoved(repos, name)
  return withAdded(others, change(current))
}

/** @throws AppError `repo-unknown` */
export function withRemoved(repos: Repos, name: RepoName): Changed {
  const record = findRepo(repos, name)
  if (record === undefined) {
    throw new AppError('repo-unknown', `cannot change the repo ${name}`, {
      reason: 'no repo of that name is recorded',
      hint: 'list the repos there are with: borgboi repo list',
    })
  }
  return { repos: repos.toSpliced(positionOf(repos, name), 1), record }
}

/** Where the name is in the order, or where it belongs. */
function positionOf(repos: Repos, name: string): number {
  let [low, high] = [0, repos.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const record = repos[middle]
    if (record !== undefined && record.name < name) low = middle + 1
    else high = middle
  }
  return low
}

function refuseTaken(repos: Repos, record: RepoRecord): void {
  const namesake = findRepo(repos, record.name)
  const neighbour = namesake ?? repos.find((other) => other.path === record.path)
  if (neighbour === undefined) return
  throw new AppError('repo-exists', `cannot record the repo ${record.name}`, {
    reason: namesake
      ? `a repo of that name is recorded already, at ${namesake.path}`
      : `its path ${record.path} is recorded already, as the repo ${neighbour.name}`,
    hint: `look at it with: borgboi repo info --name ${neighbour.name}`,
  })
}
