import { rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import type { RepoRecord } from '../../../../src/model/repo.ts'
import type { RunReport } from '../../../../src/model/run.ts'
import { dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { broken, Faults } from '../../../fakes/faults.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const DAY_MS = 86_400_000

async function setUp(changes: Partial<RepoRecord> = {}, flags: Record<string, string> = {}) {
  const world = await buildWorld(flags)
  const record = await world.addRepo('docs', { retention: { last: 1 }, ...changes })
  return { world, record, daily: (deps: World['deps'] = world.deps) => runDaily(world, deps) }
}

async function runDaily(world: World, deps: World['deps']): Promise<RunReport> {
  world.borg.calls.length = 0
  world.deps.clock.advance(DAY_MS)
  const [report] = await dailyBackup(deps, { name: 'docs', passphrase: {} })
  if (report === undefined) throw new Error('no report')
  return report
}

const outcomes = (report: RunReport) => report.steps.map(({ name, outcome }) => `${name}: ${outcome}`)

describe('the daily backup', () => {
  it('creates, prunes, and starts no Borg that has nothing to do', async () => {
    const { world, daily } = await setUp()

    const report = await daily()

    expect(outcomes(report)).toEqual(['create archive: ok', 'prune: ok', 'compact: skipped'])
    expect(report.steps[2]?.detail).toBe('nothing to reclaim')
    expect(world.borg.calls).toEqual(['create', 'prune'])
    expect(await world.record('docs')).toMatchObject({
      lastBackup: { archive: world.archives('docs')[0], files: 1, originalBytes: 5, at: '2026-11-21T02:30:04.000Z' },
    })
  })

  it('leaves out what the shared and the repo’s own exclusions match', async () => {
    const { world, record, daily } = await setUp()
    for (const file of ['b.txt', 'c.txt']) await writeFile(join(world.source, file), file)
    await world.deps.exclusions.write('shared', `pp:${join(world.source, 'b.txt')}\n`)
    await world.deps.exclusions.write(record.name, `pp:${join(world.source, 'c.txt')}\n`)

    expect((await daily()).steps[0]?.figures).toMatchObject({ files: 1 })
  })

  it('compacts what an earlier version pruned a week after the last compact', async () => {
    const { daily } = await setUp({
      retention: { last: 9 },
      reclaimableBytes: 1000,
      lastCompactAt: '2026-11-15T00:00:00Z',
    })

    const tomorrow = await daily()
    const dayAfter = await daily()

    expect(outcomes(tomorrow)[2]).toBe('compact: skipped')
    expect(outcomes(dayAfter)[2]).toBe('compact: ok')
  })

  it('leaves what it pruned its time before it compacts, and prunes no more meanwhile', async () => {
    const { world, daily } = await setUp()
    await daily()
    await daily()

    const week = []
    for (let day = 1; day <= 6; day++) week.push(await daily())
    const due = await daily()
    const next = await daily()

    for (const report of week) {
      expect(outcomes(report)).toEqual(['create archive: ok', 'prune: skipped', 'compact: skipped'])
    }
    expect(week[0]?.steps[2]?.detail).toBe('backup undo can bring 1 archive back until Sunday 29 November')
    expect(outcomes(due)).toEqual(['create archive: ok', 'prune: skipped', 'compact: ok'])
    expect(due.startedAt).toContain('2026-11-29')
    expect(outcomes(next)).toEqual(['create archive: ok', 'prune: ok', 'compact: skipped'])
    expect(world.archives('docs')).toHaveLength(1)
    expect((await world.record('docs')).removals).toMatchObject([{ archives: { length: 8 } }])
  })

  it('prunes and compacts at once where nothing is to be brought back', async () => {
    const { world, daily } = await setUp({}, { 'borg.compact_after': '0' })
    await daily()

    const report = await daily()

    expect(outcomes(report)).toEqual(['create archive: ok', 'prune: ok', 'compact: ok'])
    const record = await world.record('docs')
    expect(record).toMatchObject({ reclaimableBytes: 0, lastCompactAt: '2026-11-22T02:30:04.000Z' })
    expect(record).not.toHaveProperty('removals')
  })

  it('compacts sooner when much can be freed and that was asked for', async () => {
    const { world, daily } = await setUp({}, { 'borg.compact_reclaimable': '1G' })
    await daily()
    world.borg.reclaimableBytes = 2e9

    const report = await daily()

    expect(outcomes(report)).toEqual(['create archive: ok', 'prune: ok', 'compact: ok'])
  })

  it('counts a pruned archive that gave up nothing as something to free some day', async () => {
    const { world, daily } = await setUp()
    world.borg.reclaimableBytes = 0
    await daily()

    await daily()

    expect((await world.record('docs')).reclaimableBytes).toBe(1)
  })

  it('gives what was removed by a clock that was ahead its time from now', async () => {
    const { world, daily } = await setUp()
    await daily()
    world.deps.clock.advance(365 * DAY_MS)
    await daily()
    world.deps.clock.advance(-366 * DAY_MS)

    const report = await daily()

    expect(report.steps[2]?.detail).toContain('until Sunday 29 November')
  })

  it('looks only at archives of this repo’s own when it prunes', async () => {
    const { world, record, daily } = await setUp()
    await daily()
    const repository = world.borg.repositories.get(record.path)
    const [made] = repository?.archives ?? []
    if (made) repository?.archives.unshift({ ...made, name: 'by hand' }, { ...made, name: 'docs2-2026-11-20T02:30:04' })

    await daily()

    expect(world.archives('docs')).toEqual(['by hand', 'docs2-2026-11-20T02:30:04', expect.stringMatching(/^docs-/)])
  })

  it('keeps the archive when prune fails, and the report says both', async () => {
    const { world, daily } = await setUp()
    world.borg.failures.set('prune', new AppError('locked', 'cannot open it', { reason: 'held', hint: 'wait' }))

    const report = await daily()

    expect(report).toMatchObject({ outcome: 'failed', exitCode: 11, failure: { code: 'locked' } })
    expect(outcomes(report)).toEqual(['create archive: ok', 'prune: failed'])
    expect(report.steps[0]?.detail).toBe(world.archives('docs')[0])
    expect((await world.record('docs')).lastBackup?.archive).toBe(world.archives('docs')[0])
  })

  it('removes nothing when nothing could be stored', async () => {
    const { world, daily } = await setUp()
    await daily()
    world.borg.failures.set('create', new AppError('repository-full', 'full'))

    const report = await daily()

    expect(outcomes(report)).toEqual(['create archive: failed'])
    expect(world.archives('docs')).toHaveLength(1)
    expect(world.borg.calls).toEqual(['create'])
  })

  it('says that the archive is stored when it could not be recorded', async () => {
    const { world, daily } = await setUp()

    const report = await daily({ ...world.deps, repos: broken(world.deps.repos, 'update') })

    expect(report).toMatchObject({
      outcome: 'failed',
      steps: [{ name: 'create archive', outcome: 'ok' }],
      failure: { message: expect.stringMatching(/^docs-.* is stored, but could not be recorded$/) },
    })
    expect(world.archives('docs')).toHaveLength(1)
  })

  it('ends between two steps when it is told to stop', async () => {
    const { world, daily } = await setUp()
    const create = world.borg.create.bind(world.borg)
    world.borg.create = async (...args) => {
      world.stop.abort('SIGINT')
      return await create(...args)
    }

    const report = await daily()

    expect(report).toMatchObject({ outcome: 'interrupted', exitCode: 130 })
    expect(outcomes(report)).toEqual(['create archive: ok'])
    expect((await world.record('docs')).lastBackup?.archive).toBe(world.archives('docs')[0])
  })

  it('refuses another repository at the same path before anything is done to it', async () => {
    const { world, daily } = await setUp({ borgId: 'f'.repeat(64) })

    const report = await daily()

    expect(report).toMatchObject({ outcome: 'failed', failure: { code: 'repository-moved' } })
    expect(world.borg.calls).toEqual([])
  })

  it('prunes nothing in another repository that only its archive tells apart', async () => {
    const { world, daily } = await setUp({ borgId: 'f'.repeat(64) })
    world.borg.repositoryId = async () => undefined

    const report = await daily()

    expect(report).toMatchObject({
      outcome: 'failed',
      failure: { code: 'repository-moved', reason: expect.stringContaining('ffffffffffff') },
    })
    expect(world.borg.calls).toEqual(['create'])
    expect(await world.record('docs')).not.toHaveProperty('lastBackup')
  })

  it('has warnings of unreadable files and still prunes', async () => {
    const { world, daily } = await setUp()
    world.borg.warnings.push({ kind: 'permission-denied', message: 'a: may not', path: 'a' })

    const report = await daily()

    expect(report).toMatchObject({ outcome: 'warnings', exitCode: 3, warningCounts: { 'permission-denied': 1 } })
    expect(outcomes(report)).toEqual(['create archive: warnings', 'prune: ok', 'compact: skipped'])
  })

  it('stores and prunes nothing when a source is gone', async () => {
    const { world, daily } = await setUp()
    await rm(world.source, { recursive: true })

    const report = await daily()

    expect(report.failure).toMatchObject({ code: 'source-missing', message: `cannot back up ${world.source}` })
    expect(world.borg.calls).toEqual([])
  })

  it('stores and prunes nothing when a source has become a link, of which Borg would store nothing else', async () => {
    const { world, daily } = await setUp()
    await rename(world.source, join(world.root, 'moved'))
    await symlink('moved', world.source)

    const report = await daily()

    expect(report.failure).toMatchObject({
      code: 'source-missing',
      reason: expect.stringContaining('it is a link'),
      hint: expect.stringContaining(`repo sources add --name docs ${join(world.root, 'moved')}`),
    })
    expect(world.borg.calls).toEqual([])
  })

  it('tells a repo without sources what to do', async () => {
    const { daily } = await setUp({ sources: [] })

    expect((await daily()).failure).toMatchObject({
      code: 'source-missing',
      hint: expect.stringMatching(/repo sources add/),
    })
  })

  it('names two archives of one second differently', async () => {
    const { world, daily } = await setUp({ retention: { last: 5 } })
    await daily()
    world.deps.clock.advance(-DAY_MS)

    expect((await daily()).outcome).toBe('ok')
    expect(world.archives('docs')[1]).toBe(`${world.archives('docs')[0]}-2`)
  })
})

describe.each(['before', 'after'] as const)('a fault %s any call of the daily backup', (when) => {
  it('loses nothing: the next one puts all in order', async () => {
    const failed: (string | undefined)[] = []
    for (let failAt = 0; ; failAt++) {
      const { world, daily } = await setUp({ reclaimableBytes: 1 }, { 'borg.compact_after': '0' })
      const faults = new Faults(failAt, when)
      const report = await daily({
        ...world.deps,
        borg: faults.in(world.borg, ['create', 'prune', 'compact']),
        repos: faults.in(world.deps.repos, ['update']),
        passphrases: faults.in(world.deps.passphrases, ['resolveExisting']),
        exclusions: faults.in(world.deps.exclusions, ['patterns']),
        runs: faults.in(world.deps.runs, ['append']),
        jobs: faults.in(world.deps.jobs, ['acquire']),
      })
      if (faults.failed === undefined) break
      if (failed.at(-1) === 'append') {
        // The heartbeat, when the report is final: the backup has not failed.
        expect([faults.failed, report.outcome]).toEqual(['update', 'ok'])
        continue
      }
      failed.push(faults.failed)
      expect(report.outcome).toBe('failed')
      const stored = report.steps.some(({ name, outcome }) => name === 'create archive' && outcome === 'ok')
      if (stored) expect(world.archives('docs')).toHaveLength(1)

      // A lock that was taken and then lost sight of is freed only when this process ends.
      if (when === 'after' && faults.failed === 'acquire') continue
      expect((await daily()).outcome).toBe('ok')
      // What may have been pruned is compacted first, and then no more waits.
      expect((await daily()).outcome).toBe('ok')
      expect(world.archives('docs')).toHaveLength(1)
      expect((await world.record('docs')).lastBackup?.archive).toBe(world.archives('docs')[0])
    }

    expect(failed).toEqual(
      expect.arrayContaining(['acquire', 'resolveExisting', 'create', 'update', 'prune', 'compact']),
    )
    expect(failed.at(-1)).toBe('append')
  })
})
