// What may become of a set of repo records: pure steps from one set to the next, the same for every store.

import { AppError } from '../errors.ts'
import type { RepoName } from '../model/names.ts'
import { parseRepoRecord, type RepoRecord } from '../model/repo.ts'

/** Records by name. Read with `Object.hasOwn`: `constructor` is a good name for a repo. */
export type Repos = Readonly<Record<string, RepoRecord>>

export interface Changed {
  readonly repos: Repos
  /** The record that was written, or the one that was removed. */
  readonly record: RepoRecord
}

/** In the order of names, by code units. */
export function inOrder(repos: Repos): RepoRecord[] {
  return Object.values(repos).sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function findRepo(repos: Repos, name: string): RepoRecord | undefined {
  return Object.hasOwn(repos, name) ? repos[name] : undefined
}

/** @throws AppError `repo-exists`, `value-invalid` */
export function withAdded(repos: Repos, record: RepoRecord): Changed {
  const checked = parseRepoRecord(record)
  refuseTaken(repos, checked)
  return { repos: { ...repos, [checked.name]: checked }, record: checked }
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
  const { [name]: _, ...others } = repos
  return { repos: others, record }
}

function refuseTaken(repos: Repos, record: RepoRecord): void {
  const namesake = findRepo(repos, record.name)
  const neighbour = namesake ?? Object.values(repos).find((other) => other.path === record.path)
  if (neighbour === undefined) return
  throw new AppError('repo-exists', `cannot record the repo ${record.name}`, {
    reason: namesake
      ? `a repo of that name is recorded already, at ${namesake.path}`
      : `its path ${record.path} is recorded already, as the repo ${neighbour.name}`,
    hint: `look at it with: borgboi repo info --name ${neighbour.name}`,
  })
}
