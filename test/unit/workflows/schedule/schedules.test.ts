// Installing, showing and removing schedules, on a scheduler in memory.

import { describe, expect, it } from 'vitest'
import type { InstalledSchedule } from '../../../../src/deps.ts'
import { parseRepoName } from '../../../../src/model/names.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { type InstallScheduleInput, installSchedule } from '../../../../src/workflows/schedule/install-schedule.ts'
import { removeSchedule } from '../../../../src/workflows/schedule/remove-schedule.ts'
import { showSchedules } from '../../../../src/workflows/schedule/show-schedules.ts'
import { inUtc } from '../../../support/in-utc.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

const HOUR_MS = 3_600_000
const conditions = { network: false, volume: false, mains: false, waitMs: 0 }

inUtc()

/** It is 20 November, 02:30:04. */
async function setUp(names: readonly string[] = ['docs']) {
  const world = await buildWorld()
  for (const name of names) await world.addRepo(name)
  const install = async (input: Partial<InstallScheduleInput> = {}) =>
    await installSchedule(world.deps, {
      all: true,
      at: 'daily',
      jitterMs: 600_000,
      conditions,
      dryRun: false,
      ...input,
    })
  const change = (changes: Partial<InstalledSchedule>) => {
    world.scheduler.installed = world.scheduler.installed.map((installed) => ({ ...installed, ...changes }))
  }
  return { world, install, change, show: () => showSchedules(world.deps) }
}

describe('installing', () => {
  it('tells when it is due first, and what the scheduler says of it', async () => {
    const { install } = await setUp()

    expect(await install()).toMatchObject({
      id: 'borgboi',
      active: true,
      nextAt: '2026-11-21T02:30:00.000Z',
      files: [{ change: 'made' }],
      problems: [],
    })
    expect(await install()).toMatchObject({ active: true, files: [{ change: 'same' }] })
  })

  it('of one repo is beside that of every repo', async () => {
    const { world, install } = await setUp(['docs', 'photos'])

    await install()
    await install({ all: false, name: 'photos', at: 'hourly' })

    expect((await world.scheduler.list()).map(({ id }) => id)).toEqual(['borgboi', 'borgboi-photos'])
  })

  it('installs nothing for a dry run, a wrong time, no repo, or a copy that may only be read', async () => {
    const { world, install } = await setUp()
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (record) => ({ ...record, readOnly: true }))

    const dry = await install({ dryRun: true })

    expect(dry).toMatchObject({ dryRun: true, files: [{ change: 'made' }] })
    expect(dry).not.toHaveProperty('active')
    await expect(install({ at: 'nightly' })).rejects.toMatchObject({ code: 'value-invalid' })
    await expect(install({ all: false, name: 'music' })).rejects.toMatchObject({ code: 'repo-unknown' })
    await expect(install({ all: false, name: 'docs' })).rejects.toMatchObject({ code: 'repo-read-only' })
    await expect(install({ name: 'docs' })).rejects.toMatchObject({ code: 'usage-invalid' })
    await world.deps.repos.remove(name)
    await expect(install()).rejects.toMatchObject({ code: 'repo-unknown' })
    expect(await world.scheduler.list()).toEqual([])
  })
})

describe('showing', () => {
  it('has nothing where nothing is installed', async () => {
    expect(await (await setUp()).show()).toEqual([])
  })

  it('tells of the last run of each repo, whoever started it, and of none that is missing', async () => {
    const { world, install, show } = await setUp(['docs', 'photos'])
    await install()
    await dailyBackup(world.deps, { name: 'docs', passphrase: {} })
    world.deps.clock.advance(20 * HOUR_MS)

    const [shown] = await show()

    expect(shown).toMatchObject({ id: 'borgboi', nextAt: '2026-11-21T02:30:00.000Z', problems: [] })
    expect(shown?.repos).toMatchObject([{ name: 'docs', lastRun: { outcome: 'ok' } }, { name: 'photos' }])
    expect(shown?.repos.some((repo) => 'missedAt' in repo)).toBe(false)
  })

  it('says what was due and has not begun, when it is late by more than it may be', async () => {
    const { world, install, show } = await setUp(['docs', 'photos'])
    await install()
    world.deps.clock.advance(24 * HOUR_MS + 20 * 60_000)
    const early = await show()
    await dailyBackup(world.deps, { name: 'docs', passphrase: {} })
    world.deps.clock.advance(10 * 60_000)

    expect(early[0]?.repos.map(({ missedAt }) => missedAt)).toEqual([undefined, undefined])
    expect((await show())[0]?.repos.map(({ missedAt }) => missedAt)).toEqual([undefined, '2026-11-21T02:30:00.000Z'])
  })

  it('takes no run of a time to come for the last one', async () => {
    const { world, install, show } = await setUp()
    await install()
    world.deps.clock.advance(365 * 24 * HOUR_MS)
    await dailyBackup(world.deps, { name: 'docs', passphrase: {} })
    world.deps.clock.advance(-363 * 24 * HOUR_MS)

    const [repo] = (await show())[0]?.repos ?? []

    expect(repo).toMatchObject({ missedAt: '2026-11-21T02:30:00.000Z' })
    expect(repo).not.toHaveProperty('lastRun')
  })

  it('says that a repo is recorded no more', async () => {
    const { world, install, show } = await setUp()
    await install({ all: false, name: 'docs' })
    await world.deps.repos.remove(parseRepoName('docs'))

    expect(await show()).toMatchObject([
      {
        repos: [],
        problems: [{ message: 'there is no repo named docs any more', hint: 'borgboi schedule remove --name docs' }],
      },
    ])
  })
})

describe('removing', () => {
  it('asks, naming what is no longer backed up', async () => {
    const { world, install } = await setUp()
    await install()
    let asked: unknown

    const refused = removeSchedule(world.deps, {
      dryRun: false,
      confirm: async (loss) => {
        asked = loss
        return false
      },
    })

    await expect(refused).rejects.toMatchObject({ code: 'confirmation-needed' })
    expect(asked).toEqual({
      action: 'remove a schedule',
      consequences: ['every repo is no longer backed up by itself: the crontab of anna'],
    })
    expect(await world.scheduler.list()).toHaveLength(1)
  })

  it('takes out one or all, and nothing for a dry run', async () => {
    const { world, install } = await setUp(['docs', 'photos'])
    for (const name of ['docs', 'photos']) await install({ all: false, name })
    await install()
    const confirm = async () => true
    const ids = async () => (await world.scheduler.list()).map(({ id }) => id)

    const dry = await removeSchedule(world.deps, { dryRun: true, confirm })
    const three = await ids()
    await removeSchedule(world.deps, { name: 'docs', dryRun: false, confirm })
    const two = await ids()
    await removeSchedule(world.deps, { dryRun: false, confirm })

    expect(dry.schedules).toHaveLength(3)
    expect(three).toHaveLength(3)
    expect(two).toEqual(['borgboi', 'borgboi-photos'])
    expect(await ids()).toEqual([])
    expect(await removeSchedule(world.deps, { dryRun: false, confirm })).toEqual({ schedules: [], dryRun: false })
  })
})
