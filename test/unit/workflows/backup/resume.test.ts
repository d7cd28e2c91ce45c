// Daily runs that are cut off at any moment, and the one that comes after.

import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import type { RunReport } from '../../../../src/model/run.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { Killed } from '../../../fakes/killed.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const HOUR_MS = 3_600_000
const DENIED = new AppError('vault-denied', 'nas refused it', { reason: '403 AccessDenied', hint: 'check the policy' })

/** A repo that is copied to a vault and has something to compact. `changed`: what the sources say has changed. */
async function setUp() {
  const world = await buildWorld({ 'borg.compact_after': '0' })
  await world.addVault('nas')
  await world.addRepo('docs', { vault: parseVaultName('nas'), retention: { last: 1 }, reclaimableBytes: 2e9 })
  const sources: { changed: string | undefined } = { changed: undefined }
  const deps: World['deps'] = {
    ...world.deps,
    files: { ...world.deps.files, changedSince: async () => sources.changed },
    // Dead processes give no lock back to the one they share with the next run here.
    jobs: { acquire: async () => ({ [Symbol.asyncDispose]: async () => {} }), isHeld: async () => false },
  }
  const daily = async (input: { resume?: boolean } = {}, by = deps): Promise<RunReport> => {
    world.deps.clock.advance(60_000)
    const [report] = await dailyBackup(by, { name: 'docs', passphrase: {}, ...input })
    return report ?? expect.unreachable('no report')
  }
  /** What Borg was asked for, and the pushes, since the last look. */
  const done = () => [
    ...world.borg.calls.splice(0),
    ...world.replication.calls.splice(0).flatMap(({ name }) => (name === 'push' ? ['push'] : [])),
  ]
  return { world, deps, daily, done, sources }
}

const outcomes = (report: RunReport) => report.steps.map(({ name, outcome }) => `${name}: ${outcome}`)

describe('a daily backup after one whose off-site copy failed', () => {
  async function failed() {
    const stage = await setUp()
    stage.world.replication.failures.set('push', DENIED)
    expect((await stage.daily()).failure?.code).toBe('offsite-failed')
    stage.done()
    return stage
  }

  it('copies off-site and does nothing else, where nothing has changed', async () => {
    const { world, daily, done } = await failed()

    const report = await daily()

    expect(outcomes(report)).toEqual(['resume: ok', 'off-site: ok'])
    expect(report.steps[0]?.detail).toMatch(/^going on with the run of .*, done: create archive, prune, compact$/)
    expect(report.continues).toMatchObject({ archive: world.archives('docs')[0] })
    expect(done()).toEqual(['push'])
    expect(outcomes(await daily())[0]).toBe('create archive: ok')
  })

  it('does all anew where something has changed, and says what', async () => {
    const { daily, done, sources } = await failed()
    sources.changed = '/home/anna/new.txt'

    const report = await daily()

    expect(report.steps[0]).toMatchObject({
      name: 'resume',
      detail: '/home/anna/new.txt has changed: all is done anew',
    })
    expect(report).not.toHaveProperty('continues')
    expect(done()).toEqual(['create', 'prune', 'compact', 'push'])
  })

  it('does all anew half a day later, and with other sources', async () => {
    const later = await failed()
    later.world.deps.clock.advance(12 * HOUR_MS)
    const moved = await failed()
    const { name } = await moved.world.record('docs')
    await moved.world.deps.repos.update(name, (now) => ({ ...now, sources: [now.sources[0] ?? '', moved.world.root] }))

    expect(outcomes(await later.daily())[0]).toBe('create archive: ok')
    expect(outcomes(await moved.daily())[0]).toBe('create archive: ok')
  })

  it('goes on when asked to, whatever has changed and however late', async () => {
    const { world, daily, done, sources } = await failed()
    sources.changed = '/home/anna/new.txt'
    world.deps.clock.advance(100 * HOUR_MS)

    expect(outcomes(await daily({ resume: true }))).toEqual(['resume: ok', 'off-site: ok'])
    expect(done()).toEqual(['push'])
  })

  it('is about a newer archive, where one was made in between', async () => {
    const { world, deps, daily } = await failed()
    world.deps.clock.advance(60_000)
    await runBackup(deps, { name: 'docs', passphrase: {} })

    const report = await daily({ resume: true })

    expect(report.continues?.archive).toBe(world.archives('docs').at(-1))
    expect(world.archives('docs')).toHaveLength(2)
  })

  it('is gone on with again when that fails too', async () => {
    const { world, daily, done } = await failed()
    world.replication.failures.set('push', DENIED)
    expect((await daily()).exitCode).toBe(15)

    const report = await daily()

    expect(outcomes(report)).toEqual(['resume: ok', 'off-site: ok'])
    expect(world.archives('docs')).toHaveLength(1)
    expect(done()).toEqual(['push', 'push'])
  })
})

describe('--resume', () => {
  it('has nothing to do before the first run, and after one that came to its end', async () => {
    const { daily, done } = await setUp()

    const first = await daily({ resume: true })
    await daily()
    done()
    const after = await daily({ resume: true })

    expect(first).toMatchObject({ outcome: 'ok', steps: [{ detail: 'there was no daily run yet' }] })
    expect(after).toMatchObject({ outcome: 'ok', steps: [{ detail: 'the last daily run came to its end' }] })
    expect(done()).toEqual([])
  })

  it('does all where the last run failed before its archive was made', async () => {
    const { world, daily } = await setUp()
    world.borg.failures.set('create', new AppError('repository-full', 'full'))
    await daily()

    expect(outcomes(await daily({ resume: true }))[0]).toBe('create archive: ok')
  })

  it('records the archive that was made but could not be recorded', async () => {
    const { world, deps, daily, done } = await setUp()
    const update: typeof deps.repos.update = async (name, change) => {
      if (world.borg.calls.includes('create')) throw new AppError('disk-full', 'cannot write')
      return await world.deps.repos.update(name, change)
    }
    const repos = new Proxy(deps.repos, {
      get: (target, name) => (name === 'update' ? update : Reflect.get(target, name).bind(target)),
    })
    expect((await daily({}, { ...deps, repos })).failure?.code).toBe('disk-full')
    done()

    const report = await daily({ resume: true })

    expect(report.outcome).toBe('ok')
    expect(done()).toEqual(['archive details', 'prune', 'compact', 'push'])
    expect((await world.record('docs')).lastBackup).toMatchObject({ archive: world.archives('docs')[0], files: 1 })
  })
})

describe.each(['before', 'after'] as const)('a daily backup that is killed %s any call', (when) => {
  it('is finished by the next one, and no archive is made twice', async () => {
    const cutOff: string[] = []
    for (let killAt = 0; ; killAt++) {
      const { world, deps, daily, done } = await setUp()
      const killed = new Killed(killAt, when)
      const running = daily(
        {},
        {
          ...deps,
          borg: killed.in(deps.borg, ['create', 'prune', 'compact']),
          replication: killed.in(deps.replication, ['push']),
          repos: killed.in(deps.repos, ['update']),
          runs: killed.in(deps.runs, ['note', 'append']),
        },
      )
      await Promise.race([running, killed.dead])
      if (!killed.isDead) break
      const before = done()

      const report = await daily()

      const [, cut] = await deps.runs.list('docs', 10)
      // Killed when all was done and kept: the next run is another day's.
      if (cut?.outcome === 'ok') continue
      if (cut) cutOff.push(`${cut.steps.at(-1)?.name}: ${cut.outcome}`)
      expect(report).toMatchObject({ outcome: 'ok' })
      expect(world.archives('docs')).toHaveLength(1)
      expect((await world.record('docs')).lastBackup?.archive).toBe(world.archives('docs')[0])
      const after = done()
      for (const step of report.continues?.steps ?? []) expect(after).not.toContain(step)
      expect([...before, ...after].filter((call) => call === 'create')).toHaveLength(1)
    }

    expect(new Set(cutOff)).toEqual(
      new Set(['create archive', 'prune', 'compact', 'off-site'].map((step) => `${step}: interrupted`)),
    )
  })
})
