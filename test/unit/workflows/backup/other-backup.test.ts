// The workflows that are one step, and those that only read.

import { describe, expect, it } from 'vitest'
import { checkRepos } from '../../../../src/workflows/backup/check-repos.ts'
import { compactRepos } from '../../../../src/workflows/backup/compact-repos.ts'
import { listArchives, listContents } from '../../../../src/workflows/backup/list-archives.ts'
import { pruneRepos } from '../../../../src/workflows/backup/prune-repos.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { inspectRepo } from '../../../../src/workflows/repo/inspect-repo.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const INPUT = { name: 'docs', passphrase: {} }

async function setUp(backups = 3) {
  const world = await buildWorld()
  const record = await world.addRepo('docs', { retention: { last: 1 } })
  for (let i = 0; i < backups; i++) {
    await runBackup(world.deps, INPUT)
    world.deps.clock.advance(60_000)
  }
  world.borg.calls.length = 0
  return { world, record }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

describe('prune', () => {
  it('removes what the policy does not keep', async () => {
    const { world } = await setUp()

    const [report] = await pruneRepos(world.deps, { ...INPUT, dryRun: false })

    expect(report?.steps).toMatchObject([{ name: 'prune', figures: { kept: 1, removed: 2 } }])
    expect(world.archives('docs')).toHaveLength(1)
    expect((await world.record('docs')).reclaimableBytes).toBe(1000)
  })

  it('only says so in a dry run', async () => {
    const { world } = await setUp()

    const [report] = await pruneRepos(world.deps, { ...INPUT, dryRun: true })

    expect(report?.steps[0]?.detail).toMatch(/^would remove docs-.*, docs-/)
    expect(world.archives('docs')).toHaveLength(3)
    expect(await world.record('docs')).not.toHaveProperty('reclaimableBytes')
  })
})

describe('compact', () => {
  it('runs whether or not it is due, and notes when', async () => {
    const { world } = await setUp()

    const [report] = await compactRepos(world.deps, INPUT)

    expect(report?.steps).toMatchObject([{ name: 'compact', outcome: 'ok', figures: { freedBytes: 1000 } }])
    expect(await world.record('docs')).toMatchObject({ reclaimableBytes: 0, lastCompactAt: '2026-11-20T02:33:04.000Z' })
  })
})

describe('check', () => {
  const confirm = async () => true
  const check = { ...INPUT, verifyData: false, scope: 'all' as const, repair: false, dryRun: false, confirm }

  it('says that all is consistent', async () => {
    const { world } = await setUp()

    const [report] = await checkRepos(world.deps, check)

    expect(report).toMatchObject({ exitCode: 0, steps: [{ detail: 'consistent' }] })
  })

  it('fails with 13 where there is damage, in Borg’s words', async () => {
    const { world, record } = await setUp()
    world.borg.damaged.add(record.path)

    const [report] = await checkRepos(world.deps, check)

    expect(report).toMatchObject({
      exitCode: 13,
      failure: {
        code: 'repository-damaged',
        reason: 'a segment is broken',
        context: { problems: ['a segment is broken'] },
      },
    })
  })
})

describe('reading', () => {
  it('lists archives, the newest few where asked, and waits for no run', async () => {
    const { world, record } = await setUp()
    await using _lock = await world.deps.jobs.acquire(record.name, 'backup daily', 0)

    const all = await listArchives(world.deps, INPUT)
    const newest = await listArchives(world.deps, { ...INPUT, last: 1 })

    expect(all).toMatchObject({ repo: 'docs' })
    expect(all.archives.map(({ name }) => name)).toEqual(world.archives('docs'))
    expect(newest.archives.map(({ name }) => name)).toEqual(world.archives('docs').slice(-1))
  })

  it('lists what the latest archive holds', async () => {
    const { world } = await setUp()

    const entries = await collect(listContents(world.deps, { ...INPUT, archive: 'latest', paths: [] }))

    expect(entries.map(({ type }) => type)).toEqual(['directory', 'file'])
  })

  it('lists below paths as people write them, and tells a path that is not there', async () => {
    const { world } = await setUp()
    const read = (path: string) => collect(listContents(world.deps, { ...INPUT, archive: 'latest', paths: [path] }))

    expect((await read('source/a.txt')).map(({ path }) => path)).toEqual([`${world.source}/a.txt`.slice(1)])
    expect(await read('/')).toHaveLength(2)
    await expect(read('no/such')).rejects.toMatchObject({ code: 'path-unknown', reason: expect.stringMatching(/./) })
  })

  it('tells that there is no archive yet', async () => {
    const { world } = await setUp(0)

    const entries = collect(listContents(world.deps, { ...INPUT, archive: 'latest', paths: [] }))

    await expect(entries).rejects.toMatchObject({ code: 'archive-unknown' })
  })

  it('describes a repo with its newest archive and the policy in force', async () => {
    const { world } = await setUp()

    expect(await inspectRepo(world.deps, INPUT)).toMatchObject({
      record: { name: 'docs' },
      archives: 3,
      newest: { name: world.archives('docs').at(-1) },
      retention: { last: 1 },
      passphraseFile: expect.stringMatching(/passphrases\/docs\.key$/),
    })
  })

  it('describes a repo without archives', async () => {
    const { world } = await setUp(0)

    const details = await inspectRepo(world.deps, INPUT)

    expect(details.archives).toBe(0)
    expect(details).not.toHaveProperty('newest')
  })
})
