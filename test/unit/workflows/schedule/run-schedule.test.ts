import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import type { RunReport } from '../../../../src/model/run.ts'
import type { RunConditions } from '../../../../src/model/schedule.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { type RunScheduleInput, runSchedule } from '../../../../src/workflows/schedule/run-schedule.ts'
import { inUtc } from '../../../support/in-utc.ts'
import { scheduledWork } from '../../../support/scheduled-work.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NONE: RunConditions = { network: false, volume: false, mains: false, waitMs: 60_000 }

inUtc()

/** It is 20 November, 02:30:04. A Borg in memory makes no `config` of its repositories; here they have one. */
async function setUp(names: readonly string[] = ['docs'], flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  for (const name of names) {
    await world.addRepo(name)
    await mkdir(join(world.root, name), { recursive: true })
    await writeFile(join(world.root, name, 'config'), '')
  }
  const run = async (input: Partial<RunScheduleInput> = {}, deps: World['deps'] = world.deps) =>
    await runSchedule(deps, { all: true, jitterMs: 0, conditions: NONE, ...input }, scheduledWork(deps))
  return { world, run }
}

const steps = (reports: readonly RunReport[]) =>
  reports.map(({ repo, outcome, steps: [first] }) => `${repo} ${outcome}: ${first?.name}, ${first?.detail}`)

describe('a scheduled run', () => {
  it('is the daily backup of every repo, or of one', async () => {
    const { world, run } = await setUp(['docs', 'photos'])

    const all = await run()
    world.deps.clock.advance(HOUR_MS)
    const one = await run({ all: false, name: 'photos' })

    expect(all.reports.map(({ repo, workflow, outcome }) => [repo, workflow, outcome])).toEqual([
      ['docs', 'backup daily', 'ok'],
      ['photos', 'backup daily', 'ok'],
    ])
    expect(one.reports.map(({ repo }) => repo)).toEqual(['photos'])
  })

  it('that cannot even find its repos is a run that failed, kept and told like any', async () => {
    const { world, run } = await setUp()
    const told: string[] = []
    const outlet = {
      take: () => {},
      conclude: async ({ repo }: RunReport) => void told.push(repo),
      close: async () => {},
    }
    const damaged = { ...world.deps.repos, list: () => Promise.reject(new AppError('store-damaged', 'cannot read it')) }
    const deps = { ...world.deps, outlets: [outlet] }

    const unknown = await run({ all: false, name: 'music' }, deps)
    const unreadable = await run({}, { ...deps, repos: damaged as never })

    expect(unknown.reports).toMatchObject([
      { workflow: 'schedule run', exitCode: 2, failure: { code: 'repo-unknown' } },
    ])
    expect(unreadable.reports).toMatchObject([{ exitCode: 1, failure: { code: 'store-damaged' } }])
    expect(told).toEqual(['the schedule', 'the schedule'])
    expect(await world.deps.runs.list(undefined, 2)).toHaveLength(2)
  })

  it('refuses to be asked for what makes no sense', async () => {
    const { run } = await setUp()

    await expect(run({ all: true, name: 'docs' })).rejects.toMatchObject({ code: 'usage-invalid' })
    await expect(run({ all: false, name: '../x' })).rejects.toMatchObject({ code: 'value-invalid' })
  })

  it('begins later by a part of the jitter', async () => {
    const { world, run } = await setUp()
    const before = world.deps.clock.now().getTime()

    const { reports } = await run({ jitterMs: 36 ** 4 * 1000 })

    // The part is the end of an id: here a small number.
    const laterMs = Date.parse(reports[0]?.startedAt ?? '') - before
    expect(laterMs).toBeGreaterThan(0)
    expect(laterMs).toBeLessThan(100_000)
  })

  it('leaves the work to another one that is under way', async () => {
    const { world, run } = await setUp()
    const other = await world.deps.jobs.acquire('@schedule', 'schedule run', 0)

    const second = await run()
    const ofOne = await run({ all: false, name: 'docs' })
    await other[Symbol.asyncDispose]()

    expect(second).toEqual({ idle: 'another scheduled run is under way', reports: [] })
    expect(ofOne.reports).toMatchObject([{ outcome: 'ok' }])
    expect((await run()).idle).toBeUndefined()
  })

  it('of which no lock can be taken fails for each repo, so that it is told', async () => {
    const { world, run } = await setUp(['docs', 'photos'])
    const full = new AppError('disk-full', 'cannot take the lock', { reason: 'no space is left on that disk' })
    const jobs = { isHeld: async () => false, acquire: () => Promise.reject(full) }

    const { reports } = await run({}, { ...world.deps, jobs })

    expect(reports.map(({ repo, failure }) => [repo, failure?.code])).toEqual([
      ['docs', 'disk-full'],
      ['photos', 'disk-full'],
    ])
  })

  it('looks at the promises of every repo, also of those that it does not run', async () => {
    const { world, run } = await setUp(['docs', 'photos'])
    const at = '02:30'
    const broken = () => {
      const found = world.events.splice(0).flatMap((event) => (event.type === 'objectives-judged' ? [event] : []))
      return Object.fromEntries(found.map((event) => [event.repo, event.broken.map(({ objective }) => objective)]))
    }

    world.deps.clock.advance(30 * HOUR_MS)
    await run({ all: false, name: 'docs' })
    const ofOne = broken()
    const idle = await run({ all: false, name: 'docs', missed: { at, since: world.deps.clock.now().toISOString() } })

    expect(ofOne).toEqual({ docs: [], photos: ['rpo'] })
    expect(idle).toMatchObject({ idle: 'nothing was missed' })
    expect(broken()).toEqual({ docs: [], photos: ['rpo'] })
  })

  it('can be stopped while it waits to begin', async () => {
    const { world, run } = await setUp()
    world.stop.abort('SIGTERM')

    await expect(run({ jitterMs: HOUR_MS })).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(await world.deps.runs.list((await world.record('docs')).name, 1)).toEqual([])
  })
})

describe('on battery', () => {
  it('every run is skipped, which is exit 75', async () => {
    const { world, run } = await setUp()
    world.circumstances.battery = true

    const { reports } = await run({ conditions: { ...NONE, mains: true } })

    expect(steps(reports)).toEqual(['docs skipped: power, this machine runs on its battery'])
    expect(reports[0]).toMatchObject({ exitCode: 75, steps: [{ outcome: 'skipped' }] })
    expect(world.borg.calls).toEqual([])
  })

  it('runs are made where nobody minds', async () => {
    const { world, run } = await setUp()
    world.circumstances.battery = true

    expect((await run()).reports).toMatchObject([{ outcome: 'ok' }])
  })
})

describe('the volume', () => {
  const conditions = { ...NONE, volume: true }

  it('is waited for', async () => {
    const { world, run } = await setUp()
    const [here, away] = [join(world.root, 'docs'), join(world.root, 'unplugged')]
    await rename(here, away)
    const files: World['deps']['files'] = {
      ...world.deps.files,
      kind: async (path) => {
        if (path === join(here, 'config') && world.deps.clock.now() > new Date('2026-11-20T02:30:14Z')) {
          await rename(away, here).catch(() => {})
        }
        return await world.deps.files.kind(path)
      },
    }

    const { reports } = await run({ conditions }, { ...world.deps, files })

    expect(steps(reports)).toEqual(['docs ok: volume, there after 15s'])
  })

  it('that does not come skips the run of that repo, and no other', async () => {
    const { world, run } = await setUp(['docs', 'photos'])
    await rename(join(world.root, 'docs'), join(world.root, 'unplugged'))

    const { reports } = await run({ conditions })

    expect(steps(reports)[0]).toBe(`docs skipped: volume, ${world.root}/docs is not there`)
    expect(reports[1]).toMatchObject({ repo: 'photos', outcome: 'ok', steps: [{ name: 'create archive' }, {}, {}] })
  })
})

describe('the network', () => {
  const conditions = { ...NONE, network: true }

  it('is not waited for by a repo that does not need it', async () => {
    const { world, run } = await setUp()
    world.circumstances.network = false

    expect(steps((await run({ conditions })).reports)[0]).toMatch(/^docs ok: create archive/)
  })

  it('is waited for by one behind it, which is skipped without', async () => {
    const { world, run } = await setUp()
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (record) => ({ ...record, path: 'ssh://nas/./docs' }))
    world.circumstances.network = false

    const { reports } = await run({ conditions })

    expect(steps(reports)).toEqual(['docs skipped: network, there is no network'])
    expect(world.deps.clock.now()).toEqual(new Date('2026-11-20T02:31:04Z'))
  })

  it('that does not come keeps no archive from being made where only the vault is behind it', async () => {
    const { world, run } = await setUp()
    const { name } = await world.record('docs')
    const vault = parseVaultName('s3main')
    await world.deps.config.setVault(vault, { url: 's3://acme/borg' })
    await world.deps.repos.update(name, (record) => ({ ...record, vault }))
    world.circumstances.network = false

    const { reports } = await run({ conditions })

    expect(steps(reports)[0]).toMatch(/network, none after 1min$/)
    expect(world.archives('docs')).toHaveLength(1)
  })

  it('that comes meanwhile lets the run go on', async () => {
    const { world, run } = await setUp()
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (record) => ({ ...record, path: 'ssh://nas/./docs' }))
    world.circumstances.network = false
    let looks = 0
    world.circumstances.meanwhile = () => {
      looks++
      world.circumstances.network = looks > 3
    }

    const { reports } = await run({ conditions })

    expect(reports[0]?.steps[0]).toMatchObject({ name: 'network', outcome: 'ok', detail: 'there after 15s' })
  })
})

describe('only what was missed', () => {
  const missed = { at: 'daily', since: '2026-11-20T00:00:00Z' }

  it('is done once', async () => {
    const { world, run } = await setUp()

    const due = await run({ missed })
    const again = await run({ missed })
    world.deps.clock.advance(23 * HOUR_MS)
    const later = await run({ missed })
    world.deps.clock.advance(HOUR_MS)

    expect(due.reports).toHaveLength(1)
    expect(again).toEqual({ idle: 'nothing was missed', reports: [] })
    expect(later.idle).toBe('nothing was missed')
    expect((await run({ missed })).reports).toHaveLength(1)
  })

  it('is nothing before the first time after the schedule was installed', async () => {
    const { run } = await setUp()

    expect((await run({ missed: { at: 'daily', since: '2026-11-20T02:30:03Z' } })).idle).toBe('nothing was missed')
  })

  it('is for the repos that were not done by hand meanwhile', async () => {
    const { world, run } = await setUp(['docs', 'photos'])
    await scheduledWork(world.deps).daily({ name: 'docs', passphrase: {} })

    expect((await run({ missed })).reports.map(({ repo }) => repo)).toEqual(['photos'])
  })

  it('is nothing after a run that failed, and what was interrupted is done again', async () => {
    const { world, run } = await setUp()
    world.borg.failures.set('create', new AppError('borg-failed', 'no'))
    const failed = await run({ missed })
    const afterFailure = await run({ missed })
    world.deps.clock.advance(24 * HOUR_MS)
    world.borg.failures.set('create', new AppError('interrupted', 'stopped'))
    const interrupted = await run({ missed })

    expect(failed.reports).toMatchObject([{ outcome: 'failed' }])
    expect(afterFailure.idle).toBe('nothing was missed')
    expect(interrupted.reports).toMatchObject([{ outcome: 'interrupted' }])
    expect((await run({ missed })).reports).toMatchObject([{ outcome: 'ok' }])
  })

  it('is what was skipped for a condition, as soon as that is met', async () => {
    const { world, run } = await setUp()
    const conditions = { ...NONE, mains: true }
    world.circumstances.battery = true

    const skipped = await run({ missed, conditions })
    const stillOnBattery = await run({ missed, conditions })
    world.circumstances.battery = false

    expect(skipped.reports).toMatchObject([{ outcome: 'skipped' }])
    expect(stillOnBattery.idle).toBe('nothing was missed')
    expect((await run({ missed, conditions })).reports).toMatchObject([{ outcome: 'ok' }])
  })

  it('is found whatever a clock that was wrong has written, and done once', async () => {
    const { world, run } = await setUp()
    world.deps.clock.advance(365 * DAY_MS)
    await run()
    world.deps.clock.advance(-365 * DAY_MS)
    const install = { at: 'daily', since: '2027-01-01T00:00:00Z' }

    const first = await run({ missed: install })
    const again = await run({ missed: install })
    world.deps.clock.advance(DAY_MS)

    expect(first.reports).toMatchObject([{ outcome: 'ok' }])
    expect(again.idle).toBe('nothing was missed')
    expect((await run({ missed: install })).reports).toHaveLength(1)
  })

  it('is nothing behind many other runs', async () => {
    const { world, run } = await setUp()
    await run({ missed })
    for (let count = 0; count < 60; count++) await runBackup(world.deps, { name: 'docs', passphrase: {} })

    expect((await run({ missed })).idle).toBe('nothing was missed')
  })

  it('is never a copy that may only be read', async () => {
    const { world, run } = await setUp()
    const { name } = await world.record('docs')
    await world.deps.repos.update(name, (record) => ({ ...record, readOnly: true }))

    expect((await run({ missed })).idle).toBe('nothing was missed')
  })
})
