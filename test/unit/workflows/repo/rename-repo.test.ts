import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InstalledSchedule } from '../../../../src/deps.ts'
import { parseCalendar } from '../../../../src/model/calendar.ts'
import { parseRepoName, type RepoName } from '../../../../src/model/names.ts'
import { pruneRepos } from '../../../../src/workflows/backup/prune-repos.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { inspectRepo } from '../../../../src/workflows/repo/inspect-repo.ts'
import { renameRepo } from '../../../../src/workflows/repo/rename-repo.ts'
import { Faults } from '../../../fakes/faults.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const [DOCS, PAPERS] = [parseRepoName('docs'), parseRepoName('papers')]
const INPUT = { name: 'docs', newName: 'papers' }

/** The repo `docs` with a passphrase, a former one, exclusions and a run. */
async function setUp() {
  const world = await buildWorld()
  await world.addRepo('docs')
  await world.deps.exclusions.write(DOCS, 'sh:**/cache\n')
  await writeFile(world.deps.config.path, 'repos:\n  docs:\n    hooks:\n      before: "true"\n')
  await writeFile(join(world.root, '.borgboi/passphrases/docs.key.old-2026-01-02T030405'), 'once\n', { mode: 0o600 })
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  return world
}

/** Every file of the home but locks, those of `docs` called as those of `papers` would be. */
async function homeOf({ root }: World): Promise<string[]> {
  const all = await readdir(join(root, '.borgboi'), { recursive: true, withFileTypes: true })
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length))
}

describe('renaming a repo', () => {
  it('brings its passphrases, exclusions and history along', async () => {
    const world = await setUp()
    const before = await homeOf(world)

    await renameRepo(world.deps, INPUT)

    expect((await homeOf(world)).sort()).toEqual(before.map((file) => file.replace('docs', 'papers')).sort())
    expect(await world.deps.exclusions.patterns(PAPERS)).toEqual(['sh:**/cache'])
    expect(await world.deps.runs.list(PAPERS, 9)).toMatchObject([{ workflow: 'backup run', repo: 'papers' }])
    expect(Object.keys((await world.deps.config.load()).repos)).toEqual(['papers'])
    expect(await world.deps.repos.get(DOCS)).toBeUndefined()
    await inspectRepo(world.deps, { name: 'papers', passphrase: {} })
  })

  it('leaves one row of archives, old ones and new ones', async () => {
    const world = await setUp()
    const { archivesNamedAfter } = await renameRepo(world.deps, INPUT)
    world.deps.clock.advance(60_000)

    await runBackup(world.deps, { name: 'papers', passphrase: {} })
    expect(world.archives('docs')).toEqual([expect.stringMatching(/^docs-/), expect.stringMatching(/^docs-/)])
    await world.deps.repos.update(PAPERS, (record) => ({ ...record, retention: { last: 1 } }))
    await pruneRepos(world.deps, { name: 'papers', passphrase: {}, dryRun: false })

    expect(archivesNamedAfter).toBe('docs')
    expect(world.archives('docs')).toHaveLength(1)
  })

  it('and back again is as it was', async () => {
    const world = await setUp()
    const before = await world.record('docs')

    await renameRepo(world.deps, INPUT)
    await renameRepo(world.deps, { name: 'papers', newName: 'docs' })

    expect(await world.record('docs')).toEqual(before)
  })

  it('tells of schedules that start it by the former name', async () => {
    const world = await setUp()
    const conditions = { network: false, volume: false, mains: false, waitMs: 0 }
    const of = (repo: RepoName, file: string): InstalledSchedule => ({
      id: `borgboi-${repo}`,
      schedule: { repo, at: parseCalendar('daily'), jitterMs: 0, conditions },
      since: '2026-11-20T02:30:04.000Z',
      scheduler: 'systemd',
      scope: 'user',
      files: [file],
      active: true,
      problems: [],
    })
    world.scheduler.installed.push(of(DOCS, '/units/docs.timer'), of(PAPERS, '/units/papers.timer'))

    expect((await renameRepo(world.deps, INPUT)).schedules).toEqual(['/units/docs.timer'])
  })

  it('leaves a pattern of archives that a person gave', async () => {
    const world = await setUp()
    await world.deps.repos.update(DOCS, (record) => ({ ...record, archiveGlob: 'host-*' }))

    const { record, archivesNamedAfter } = await renameRepo(world.deps, INPUT)

    expect(record.archiveGlob).toBe('host-*')
    expect(archivesNamedAfter).toBe('host')
  })

  it.each([
    ['of a repo that is not recorded', { name: 'pics', newName: 'papers' }, 'repo-unknown'],
    ['to that of another repo', { name: 'docs', newName: 'music' }, 'repo-exists'],
    ['to what it is called', { name: 'docs', newName: 'docs' }, 'value-invalid'],
    ['to what is no name', { name: 'docs', newName: '../docs' }, 'value-invalid'],
  ])('refuses the name %s, and changes nothing', async (_case, input, code) => {
    const world = await setUp()
    await world.addRepo('music')
    const before = await homeOf(world)

    await expect(renameRepo(world.deps, input)).rejects.toMatchObject({ code })

    expect(await homeOf(world)).toEqual(before)
  })

  it('does not take the place of a passphrase that a repo of that name left', async () => {
    const world = await setUp()
    await world.deps.exclusions.write(PAPERS, 'sh:**/other\n')
    const before = await homeOf(world)

    await expect(renameRepo(world.deps, INPUT)).rejects.toMatchObject({ code: 'file-unusable' })

    expect(await homeOf(world)).toEqual(before)
    expect(await readFile(world.deps.exclusions.path(PAPERS), 'utf8')).toBe('sh:**/other\n')
    await inspectRepo(world.deps, { name: 'docs', passphrase: {} })
  })

  it('waits for whoever works on it', async () => {
    const world = await setUp()
    await using _held = await world.deps.jobs.acquire(DOCS, 'backup daily', 0)

    await expect(renameRepo(world.deps, INPUT)).rejects.toMatchObject({
      code: 'locked',
    })
  })
})

describe('a rename that is cut off', () => {
  const faulty = ({ deps }: World, faults: Faults) => ({
    ...deps,
    repos: faults.in(deps.repos, ['get', 'update']),
    passphrases: faults.in(deps.passphrases, ['share', 'unshare']),
    exclusions: faults.in(deps.exclusions, ['share', 'unshare']),
    runs: faults.in(deps.runs, ['share', 'unshare']),
    config: faults.in(deps.config, ['share', 'unshare']),
  })

  it.each(['before', 'after', 'killed'] as const)(
    'anywhere (%s) leaves a repo that works, and is finished by the next',
    async (when) => {
      const counter = new Faults(-1, 'before')
      const whole = await setUp()
      await renameRepo(faulty(whole, counter), INPUT)
      const target = (await homeOf(whole)).sort()
      expect(counter.calls).toBeGreaterThan(8)

      for (let failAt = 0; failAt < counter.calls; failAt++) {
        const world = await setUp()
        const faults = new Faults(failAt, when)
        await renameRepo(faulty(world, faults), INPUT).catch(() => {})
        const [{ name } = { name: '' }] = await world.deps.repos.list()

        await inspectRepo(world.deps, { passphrase: {} })
        expect(await world.deps.exclusions.patterns(parseRepoName(name)), faults.failed).toEqual(['sh:**/cache'])
        expect(await world.deps.runs.list(parseRepoName(name), 9), faults.failed).toHaveLength(1)
        await renameRepo(world.deps, INPUT).catch((error) => expect(error).toMatchObject({ code: 'repo-unknown' }))
        expect((await homeOf(world)).sort(), faults.failed).toEqual(target)
        expect((await world.record('papers')).name).toBe('papers')
      }
    },
  )
})
