import { describe, expect, it } from 'vitest'
import { isHeld } from '../../../../src/model/held.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { deleteArchives } from '../../../../src/workflows/backup/delete-archives.ts'
import { holdArchives, releaseArchives } from '../../../../src/workflows/backup/hold-archives.ts'
import { renameArchive } from '../../../../src/workflows/backup/label-archives.ts'
import { listArchives } from '../../../../src/workflows/backup/list-archives.ts'
import { pruneRepos } from '../../../../src/workflows/backup/prune-repos.ts'
import { restoreArchive } from '../../../../src/workflows/backup/restore-archive.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { deleteRepo } from '../../../../src/workflows/repo/delete-repo.ts'
import { simulateRepoRetention } from '../../../../src/workflows/repo/simulate-retention.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const INPUT = { name: 'docs', passphrase: {} }
const confirm = async () => true

async function setUp(changes: { readonly archiveGlob?: string } = {}) {
  const world = await buildWorld()
  await world.addRepo('docs', { retention: { last: 1 }, ...changes })
  for (let i = 0; i < 3; i++) {
    await runBackup(world.deps, INPUT)
    world.deps.clock.advance(60_000)
  }
  const [first = '', second = '', third = ''] = world.archives('docs')
  const hold = async (...archives: string[]) => (await holdArchives(world.deps, { ...INPUT, archives }))[0]
  const release = async (...archives: string[]) => (await releaseArchives(world.deps, { ...INPUT, archives }))[0]
  return { world, first, second, third, hold, release }
}

describe('an archive that is held', () => {
  it.each([[undefined], ['*']])('is not pruned (archives of the repo: %s)', async (archiveGlob) => {
    const { world, first, third, hold } = await setUp(archiveGlob === undefined ? {} : { archiveGlob })
    await hold(first)

    await dailyBackup(world.deps, INPUT)
    await dailyBackup(world.deps, INPUT)
    await pruneRepos(world.deps, { ...INPUT, dryRun: false })

    expect(world.archives('docs')).toHaveLength(2)
    expect(world.archives('docs')).toContain(`held:${first}`)
    expect(world.archives('docs')).not.toContain(third)
  })

  it('is neither deleted nor renamed, by either of its names', async () => {
    const { world, first, second, hold } = await setUp()
    await hold(first)
    const remove = (...archives: string[]) => deleteArchives(world.deps, { ...INPUT, archives, dryRun: false, confirm })

    for (const name of [first, `held:${first}`]) {
      expect((await remove(second, name))[0]).toMatchObject({ exitCode: 2, failure: { code: 'archive-held' } })
      expect((await renameArchive(world.deps, { ...INPUT, archive: name, newName: 'x' }))[0]).toMatchObject({
        failure: { code: 'archive-held', hint: expect.stringContaining(`backup release --name docs held:${first}`) },
      })
    }
    expect(world.archives('docs')).toHaveLength(3)
  })

  it('is listed as such, and still the latest where it is', async () => {
    const { world, third, hold } = await setUp()

    const report = await hold('latest')

    expect(report?.steps).toMatchObject([{ name: 'hold', detail: `${third} → held:${third}` }])
    const { archives } = await listArchives(world.deps, INPUT)
    expect(archives.map(({ held }) => held)).toEqual([false, false, true])
    expect((await world.record('docs')).lastBackup?.archive).toBe(`held:${third}`)
    const restored = await restoreArchive(world.deps, {
      ...INPUT,
      archive: 'latest',
      paths: [],
      workingDirectory: world.root,
      destination: `${world.root}/back`,
      inPlace: false,
      stripComponents: 0,
      dryRun: false,
      confirm,
    })
    expect(restored.steps[0]?.detail).toContain(`held:${third}`)
  })

  it('stays in a simulation of retention', async () => {
    const { world, first, hold } = await setUp()
    await hold(first)

    const { present } = await simulateRepoRetention(world.deps, { ...INPUT, months: 1 })

    expect(present.find(({ name }) => name === `held:${first}`)).toMatchObject({ held: true })
    expect(present.filter(({ until }) => until === undefined).map(({ held }) => held)).toEqual([true])
  })

  it('is named before its repository is deleted', async () => {
    const { world, first, hold } = await setUp()
    await hold(first)
    const asked: string[] = []
    const answer = async ({ consequences }: { readonly consequences: readonly string[] }) => {
      asked.push(...consequences)
      return true
    }

    await deleteRepo(world.deps, { ...INPUT, keepRepository: false, dryRun: false, confirm: answer })

    expect(asked).toContain(`also what is held: held:${first}`)
  })

  it('is pruned again once it is released, by either of its names', async () => {
    const { world, first, second, third, hold, release } = await setUp()
    await hold(first, second)

    await release(first, `held:${second}`)
    await pruneRepos(world.deps, { ...INPUT, dryRun: false })

    expect(world.archives('docs')).toEqual([third])
  })
})

describe('holding and releasing', () => {
  it('what is so already changes nothing', async () => {
    const { world, first, second, hold, release } = await setUp()
    await hold(first)
    world.borg.calls.length = 0

    expect((await hold(first, `held:${first}`))?.steps).toMatchObject([{ outcome: 'skipped' }])
    expect((await release(second))?.steps).toMatchObject([{ outcome: 'skipped', detail: `${second} is not held` }])
    expect(world.borg.calls).not.toContain('rename')
  })

  it('does nothing where one of the archives is not there', async () => {
    const { world, first, hold } = await setUp()

    expect(await hold(first, 'mistyped')).toMatchObject({ failure: { code: 'archive-unknown' } })
    expect(world.archives('docs').some(isHeld)).toBe(false)
  })

  it('is not for names: none may look as if it were held', async () => {
    const { world, first } = await setUp()

    await expect(async () =>
      renameArchive(world.deps, { ...INPUT, archive: first, newName: 'held:x' }),
    ).rejects.toMatchObject({ code: 'value-invalid' })
  })

  it('leaves a copy alone that may only be read', async () => {
    const { world, first, hold } = await setUp()
    await world.deps.repos.update((await world.record('docs')).name, (record) => ({ ...record, readOnly: true }))

    expect(await hold(first)).toMatchObject({ failure: { code: 'repo-read-only' } })
  })
})
