// The repos of all hosts, from two sources that may not agree.

import { expect, test } from 'vitest'
import type { SharedRepo } from '../../../../src/model/shared-repo.ts'
import { reposOfAllHosts } from '../../../../src/workflows/shared/all-hosts.ts'
import { MemoryRepoStore } from '../../../fakes/memory-repo-store.ts'
import { sampleRecord } from '../../../support/store-samples.ts'

function shared(hostname: string, name: string, path = `/srv/borg/${name}`): SharedRepo {
  return { hostname, name, path, sources: [] }
}

async function listed(table: readonly SharedRepo[]): Promise<readonly SharedRepo[]> {
  const repos = new MemoryRepoStore()
  await repos.add(sampleRecord('docs'))
  await repos.add(sampleRecord('old', { hostname: 'anna-before' }))
  const host = { hostname: 'anna', newId: () => '' }
  return await reposOfAllHosts({ repos, sharedRepos: { list: async () => table }, host })
}

test('repos are in the order of hosts and names', async () => {
  const found = await listed([shared('berta', 'z'), shared('adam', 'x'), shared('berta', 'a')])

  expect(found.map(({ hostname, name }) => `${hostname} ${name}`)).toEqual([
    'adam x',
    'anna docs',
    'anna-before old',
    'berta a',
    'berta z',
  ])
})

test('of this host only the local store is asked', async () => {
  const found = await listed([
    shared('anna', 'docs-as-it-was', '/srv/borg/docs'),
    shared('anna', 'removed'),
    shared('anna-before', 'old'),
    shared('anna-before', 'not-ours'),
  ])

  expect(found.map(({ name }) => name)).toEqual(['docs', 'not-ours', 'old'])
})
