// The repos of all hosts: those of others from the table they share, those of this host from the local store, which is
// never behind it.

import type { Deps } from '../../deps.ts'
import { type SharedRepo, toSharedRepo } from '../../model/shared-repo.ts'

/** In the order of hosts, then names. */
export async function reposOfAllHosts({
  repos,
  sharedRepos,
  host,
}: Pick<Deps, 'repos' | 'sharedRepos' | 'host'>): Promise<readonly SharedRepo[]> {
  const shared = await sharedRepos.list()
  const own = (await repos.list()).map(toSharedRepo)
  // A machine that was renamed has records of its old name.
  const known = new Set(own.map(keyOf))
  const others = shared.filter((repo) => repo.hostname !== host.hostname && !known.has(keyOf(repo)))
  return [...own, ...others].sort(byHostAndName)
}

function keyOf({ hostname, path }: SharedRepo): string {
  return `${hostname}\0${path}`
}

function byHostAndName(one: SharedRepo, other: SharedRepo): number {
  const [a, b] = [`${one.hostname}\0${one.name}`, `${other.hostname}\0${other.name}`]
  return a < b ? -1 : Number(a > b)
}
