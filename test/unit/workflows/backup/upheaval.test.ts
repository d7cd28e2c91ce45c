// A repo of which most is gone or rewritten from one archive to the next: what stops, what shows it, what ends it.

import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { parseVaultName } from '../../../../src/model/names.ts'
import { CREATE } from '../../../../src/model/resume.ts'
import type { RunReport } from '../../../../src/model/run.ts'
import { compactRepos } from '../../../../src/workflows/backup/compact-repos.ts'
import { type DailyInput, dailyBackup } from '../../../../src/workflows/backup/daily-backup.ts'
import { deleteArchives } from '../../../../src/workflows/backup/delete-archives.ts'
import { renameArchive } from '../../../../src/workflows/backup/label-archives.ts'
import { pruneRepos } from '../../../../src/workflows/backup/prune-repos.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { collectGarbage } from '../../../../src/workflows/offsite/collect-garbage.ts'
import { syncRepos } from '../../../../src/workflows/offsite/sync-repos.ts'
import { showStatus } from '../../../../src/workflows/status/show-status.ts'
import { broken } from '../../../fakes/faults.ts'
import { Killed } from '../../../fakes/killed.ts'
import { report, step } from '../../../support/run-events.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

const DAY_MS = 86_400_000
const FILES = 120
/** Of files whose content matters: less than 10 MB of them comes and goes in any folder. */
const LARGE = 100_000

async function fill(world: World, from: number, to: number, bytes = 20): Promise<void> {
  for (let file = from; file < to; file++) await writeFile(join(world.source, `f${file}`), randomBytes(bytes))
}

async function empty(world: World, from: number, to: number): Promise<void> {
  for (let file = from; file < to; file++) await rm(join(world.source, `f${file}`))
}

/** A repo of many files that was backed up on three days, the last time by the workflow; prune would keep one archive. */
async function setUp(bytes?: number) {
  const world = await buildWorld({ 'borg.compact_after': '0' })
  await world.addVault('nas')
  await world.addRepo('docs', { retention: { last: 9 }, vault: parseVaultName('nas') })
  await fill(world, 0, FILES, bytes)
  const daily = async (input: Partial<DailyInput> = {}, deps = world.deps): Promise<RunReport> => {
    world.deps.clock.advance(DAY_MS)
    const [report] = await dailyBackup(deps, { name: 'docs', passphrase: {}, ...input })
    return report ?? expect.unreachable('no report')
  }
  const figures = { files: FILES + 1, originalBytes: FILES * (bytes ?? 20) + 5, deduplicatedBytes: 100 }
  for (const day of [18, 19]) {
    const steps = [step(CREATE, { detail: `docs-2026-11-${day}`, figures })]
    const startedAt = `2026-11-${day}T02:30:04.000Z`
    await world.deps.runs.append(report('docs', { id: `01${day}`, sources: [world.source], startedAt, steps }))
  }
  expect((await daily()).exitCode).toBe(0)
  await world.deps.repos.update((await world.record('docs')).name, (now) => ({ ...now, retention: { last: 1 } }))
  const done = () => [
    ...world.borg.calls.splice(0),
    ...world.replication.calls.splice(0).map(({ name }) => name as string),
  ]
  done()
  return { world, daily, done, lastOrdinary: world.archives('docs').at(-1) ?? '' }
}

/** As above, with most of the files gone, and a run that has found that. */
async function inUpheaval(bytes?: number) {
  const stage = await setUp(bytes)
  await empty(stage.world, 10, FILES)
  const report = await stage.daily()
  expect(report.failure?.code).toBe('change-unaccepted')
  stage.done()
  return { ...stage, bad: stage.world.archives('docs').at(-1) ?? '' }
}

const outcomes = (report: RunReport | undefined) => report?.steps.map(({ name, outcome }) => `${name}: ${outcome}`)
const target = { name: 'docs', passphrase: {} }

describe('a daily backup of which most files are gone', () => {
  it('keeps the archive, does nothing else, and says what to do', async () => {
    const { world, daily, done, lastOrdinary } = await setUp()
    await empty(world, 10, FILES)

    const report = await daily()

    const made = world.archives('docs').at(-1)
    expect(outcomes(report)).toEqual(['create archive: ok'])
    expect(report).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      failure: {
        code: 'change-unaccepted',
        message: `110 of 121 files are gone since ${lastOrdinary}`,
        reason: `${made} is stored; nothing is removed or copied off-site before you accept that`,
        hint: expect.stringContaining(`borgboi backup diff --name docs ${lastOrdinary} ${made}; if it is meant: `),
      },
    })
    expect(done()).toEqual(['create'])
    expect(await world.record('docs')).toMatchObject({
      lastBackup: { archive: made, files: 11 },
      upheaval: { archive: made, since: { archive: lastOrdinary, files: 121 }, goneFiles: 110 },
    })
  })

  it('goes on being stopped, whatever the archives behind it are like', async () => {
    const { daily, done, lastOrdinary, world, bad } = await inUpheaval()

    const report = await daily()
    await empty(world, 0, 3)
    const worse = await daily()

    expect(report.failure?.message).toBe(`110 of 121 files are gone since ${lastOrdinary}`)
    expect(worse.failure?.message).toBe(`113 of 121 files are gone since ${lastOrdinary}`)
    expect(worse.failure?.hint).toContain(` ${bad};`)
    expect(done()).toEqual(['create', 'create'])
    expect(world.archives('docs')).toHaveLength(4)
  })

  it('is gone on with by itself, and stopped again, where nothing has changed since', async () => {
    const { world, done } = await inUpheaval()
    const deps = { ...world.deps, files: { ...world.deps.files, changedSince: async () => undefined } }
    world.deps.clock.advance(60_000)

    const [report] = await dailyBackup(deps, target)
    const [accepted] = await dailyBackup(deps, { ...target, resume: true, acceptChange: true })

    expect(outcomes(report)).toEqual(['resume: ok'])
    expect(report?.failure?.code).toBe('change-unaccepted')
    expect(outcomes(accepted)).toEqual(['accept change: ok', 'resume: ok', 'prune: ok', 'compact: ok', 'off-site: ok'])
    expect(done()).toEqual(['prune', 'compact', 'push'])
  })

  it('is judged all the same where the run that made the archive was killed before it could record it', async () => {
    const { world, daily, done } = await setUp()
    await empty(world, 10, FILES)
    const killed = new Killed(0, 'before')
    const dying = { ...world.deps, repos: killed.in(world.deps.repos, ['update']) }
    const jobs = { acquire: async () => ({ [Symbol.asyncDispose]: async () => {} }), isHeld: async () => false }
    void daily({}, { ...dying, jobs })
    await killed.dead
    done()

    const report = await daily({ resume: true }, { ...world.deps, jobs })

    expect(outcomes(report)).toEqual(['resume: ok'])
    expect(report.failure?.message).toContain('110 of 121 files are gone')
    expect(done()).toEqual(['archive details'])
  })
})

describe('a daily backup of which all files were rewritten', () => {
  it('is stopped, and also behind the next archive, which has nothing new', async () => {
    const { world, daily, done, lastOrdinary } = await setUp(LARGE)
    await fill(world, 0, FILES, LARGE)

    const report = await daily()
    const next = await daily()

    expect(report.failure?.message).toBe(`12.0 MB of 12.0 MB were rewritten since ${lastOrdinary}`)
    expect(outcomes(next)).toEqual(['create archive: ok', 'compare: ok'])
    expect(next.steps[1]?.detail).toBe(`still 120 files differ from ${lastOrdinary}`)
    expect(next.failure?.message).toBe(report.failure?.message)
    expect(done()).toEqual(['create', 'create', 'diff'])
  })

  it('is ordinary for a repo of which that is usual', async () => {
    const { world, daily } = await setUp(LARGE)
    for (let week = 1; week <= 2; week++) {
      await fill(world, 0, FILES, LARGE)
      expect((await daily({ acceptChange: true })).exitCode).toBe(0)
      expect((await daily()).exitCode).toBe(0)
    }

    await fill(world, 0, FILES, LARGE)

    expect((await daily()).exitCode).toBe(0)
  })
})

describe('an upheaval ends', () => {
  it('when a person accepts it, and the new state is what is ordinary then', async () => {
    const { world, daily, done, bad } = await inUpheaval()

    const report = await daily({ acceptChange: true })
    const next = await daily()

    expect(outcomes(report)).toEqual([
      'accept change: ok',
      'create archive: ok',
      'prune: ok',
      'compact: ok',
      'off-site: ok',
    ])
    expect(report.steps[0]?.detail).toBe(bad)
    expect(next.exitCode).toBe(0)
    expect(done()).toEqual(['create', 'prune', 'compact', 'create', 'prune', 'compact', 'push', 'push'])
    expect(await world.record('docs')).not.toHaveProperty('upheaval')
  })

  it('by itself when the files are back', async () => {
    const { world, daily, lastOrdinary } = await inUpheaval()
    const [{ files } = { files: new Map<string, Buffer>() }] =
      world.borg.repositories.get(join(world.root, 'docs'))?.archives ?? []
    for (const [path, content] of files) await writeFile(`/${path}`, content)

    const report = await daily()

    expect(outcomes(report)?.slice(0, 3)).toEqual(['create archive: ok', 'compare: ok', 'prune: ok'])
    expect(report.steps[1]?.detail).toBe(`much as before again: 0 files differ from ${lastOrdinary}`)
    expect(await world.record('docs')).not.toHaveProperty('upheaval')
  })

  it('not by itself when there are as many files again, of other content', async () => {
    const { world, daily } = await inUpheaval(LARGE)
    await fill(world, 10, FILES, LARGE)

    const [report, next] = [await daily(), await daily()]

    expect(outcomes(report)).toEqual(['create archive: ok'])
    expect(outcomes(next)).toEqual(['create archive: ok', 'compare: ok'])
    expect(next.failure?.code).toBe('change-unaccepted')
    expect((await world.record('docs')).upheaval?.rewrittenBytes).toBe(110 * LARGE)
  })

  it('not when what it is measured by is no more, without anybody accepting it', async () => {
    const { world, daily, lastOrdinary } = await setUp(LARGE)
    await fill(world, 0, FILES, LARGE)
    await daily()
    await deleteArchives(world.deps, { ...target, archives: [lastOrdinary], dryRun: false, confirm: async () => true })

    const report = await daily()

    expect(report.steps[1]?.detail).toBe(`${lastOrdinary} is not there any more to compare with`)
    expect(report.failure?.code).toBe('change-unaccepted')
  })

  it('when nobody wants to know of any', async () => {
    const { world, daily } = await inUpheaval()
    const off = await buildWorld({ 'breaker.max_change': 'none' })
    const deps = { ...world.deps, config: off.deps.config }

    expect((await pruneRepos(deps, { ...target, dryRun: false }))[0]?.exitCode).toBe(0)
    expect((await showStatus(deps, {})).repos[0]?.standing.objectives.map(({ objective }) => objective)).not.toContain(
      'change',
    )
    await daily({}, deps)
    expect(await world.record('docs')).not.toHaveProperty('upheaval')
  })

  it('and its archives keep their part in it under new names', async () => {
    const { world, lastOrdinary, bad } = await inUpheaval()
    await renameArchive(world.deps, { ...target, archive: lastOrdinary, newName: 'docs-good' })
    await renameArchive(world.deps, { ...target, archive: bad, newName: 'docs-bad' })

    expect(await world.record('docs')).toMatchObject({
      lastBackup: { archive: 'docs-bad' },
      upheaval: { archive: 'docs-bad', since: { archive: 'docs-good' } },
    })
  })
})

describe('a repo in upheaval', () => {
  it('is neither pruned nor compacted nor copied by hand, and tried dry it says so', async () => {
    const { world, done } = await inUpheaval()
    const offsite = { name: 'docs', dryRun: false, extendLock: false }
    const stopped = await Promise.all([
      pruneRepos(world.deps, { ...target, dryRun: false }),
      compactRepos(world.deps, target),
      syncRepos(world.deps, offsite),
      collectGarbage(world.deps, { ...offsite, confirm: async () => true }).then((report) => [report]),
    ])
    expect(done()).toEqual([])

    const dry = await Promise.all([
      pruneRepos(world.deps, { ...target, dryRun: true }),
      syncRepos(world.deps, { ...offsite, dryRun: true }),
      collectGarbage(world.deps, { ...offsite, dryRun: true, confirm: async () => true }).then((report) => [report]),
    ])

    for (const [report] of stopped) {
      expect(report?.failure).toMatchObject({
        code: 'change-unaccepted',
        hint: expect.stringContaining(`borgboi ${report?.workflow} --name docs --accept-change`),
      })
    }
    for (const [report] of dry) {
      expect(report?.exitCode).toBe(3)
      expect(report?.warnings).toEqual([
        { kind: 'change', message: expect.stringMatching(/^it would stop without --accept-change: 110 of 121 files/) },
      ])
    }
    expect(await world.record('docs')).toHaveProperty('upheaval')
  })

  it.each([
    ['prune', (world: World) => pruneRepos(world.deps, { ...target, dryRun: false, acceptChange: true })],
    ['compact', (world: World) => compactRepos(world.deps, { ...target, acceptChange: true })],
    ['off-site', (world: World) => syncRepos(world.deps, { name: 'docs', dryRun: false, acceptChange: true })],
    [
      'collect',
      async (world: World) => [
        await collectGarbage(world.deps, {
          name: 'docs',
          dryRun: false,
          extendLock: false,
          acceptChange: true,
          confirm: async () => true,
        }),
      ],
    ],
  ])('goes on with %s when that accepts the change', async (step, act) => {
    const { world } = await inUpheaval()

    const [report] = await act(world)

    expect(outcomes(report)).toEqual(['accept change: ok', `${step}: ok`])
    expect(await world.record('docs')).not.toHaveProperty('upheaval')
  })

  it('has broken a promise, until it is accepted', async () => {
    const { world, daily, lastOrdinary } = await inUpheaval()

    const status = await showStatus(world.deps, {})
    await daily({ acceptChange: true })
    const later = await showStatus(world.deps, {})

    expect(status.exitCode).toBe(14)
    expect(status.repos[0]?.standing.objectives[0]).toMatchObject({
      objective: 'change',
      verdict: 'broken',
      reason: `110 of 121 files are gone since ${lastOrdinary}: nothing is pruned or copied before that is accepted`,
    })
    expect(status.repos[0]?.standing.objectives.flatMap(({ reason }) => reason ?? [])).toHaveLength(1)
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'objectives-judged', broke: ['change'] }))
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'objectives-judged', recovered: ['change'] }))
    expect(later.exitCode).toBe(0)
  })

  it('may have its bad archive deleted', async () => {
    const { world, bad } = await inUpheaval()

    const [report] = await deleteArchives(world.deps, {
      ...target,
      archives: [bad],
      dryRun: false,
      confirm: async () => true,
    })

    expect(report?.exitCode).toBe(0)
  })
})

describe('backup run', () => {
  it('is a failure, so that somebody looks, and what is removed by hand stops too', async () => {
    const { world } = await setUp()
    await empty(world, 10, FILES)
    world.deps.clock.advance(DAY_MS)

    const [report] = await runBackup(world.deps, target)
    const [prune] = await pruneRepos(world.deps, { ...target, dryRun: false })

    expect(outcomes(report)).toEqual(['create archive: ok'])
    expect(report?.failure?.code).toBe('change-unaccepted')
    expect(prune?.failure?.code).toBe('change-unaccepted')
  })

  it('takes a change that is meant', async () => {
    const { world } = await setUp()
    await empty(world, 10, FILES)
    world.deps.clock.advance(DAY_MS)

    const [report] = await runBackup(world.deps, { ...target, acceptChange: true })

    expect(outcomes(report)).toEqual(['create archive: ok', 'accept change: ok'])
  })
})

describe('the breaker', () => {
  it('lets a young repo change as it likes', async () => {
    const world = await buildWorld()
    await world.addRepo('docs')
    await fill(world, 0, FILES)
    await dailyBackup(world.deps, target)
    world.deps.clock.advance(DAY_MS)
    await empty(world, 0, FILES)

    expect((await dailyBackup(world.deps, target))[0]?.exitCode).toBe(0)
  })

  it('lets a repo with other sources than before begin anew', async () => {
    const { world, daily } = await setUp()
    const sources = [join(world.root, '.borgboi')]
    await world.deps.repos.update((await world.record('docs')).name, (now) => ({ ...now, sources }))

    expect((await daily()).exitCode).toBe(0)
  })

  it('starts no Borg and reads no history on an ordinary day', async () => {
    const { world, daily, done } = await setUp()
    await fill(world, 0, 10)
    const lists: (number | undefined)[] = []
    const list = world.deps.runs.list.bind(world.deps.runs)
    world.deps.runs.list = async (repo, limit) => {
      lists.push(limit)
      return await list(repo, limit)
    }

    await daily()

    expect(done()).toEqual(['create', 'prune', 'compact', 'push'])
    expect(Math.max(...lists.map(Number))).toBeLessThan(1000)
  })

  it('stops no backup because the history cannot be read', async () => {
    const { world, daily } = await setUp()
    await empty(world, 10, FILES)
    const denied = new AppError('file-denied', 'no')
    const list = world.deps.runs.list.bind(world.deps.runs)
    world.deps.runs.list = async (repo, limit) => {
      if (limit === 1000) throw denied
      return await list(repo, limit)
    }

    expect((await daily()).exitCode).toBe(0)
  })

  it('says that the archive is stored when what it found could not be recorded', async () => {
    const { world, daily } = await setUp()
    await empty(world, 10, FILES)

    const report = await daily({}, { ...world.deps, repos: broken(world.deps.repos, 'update') })

    expect(report.failure?.message).toMatch(/is stored, but could not be recorded$/)
    expect(outcomes(report)).toEqual(['create archive: ok'])
  })

  it('takes no word for several repos at once', async () => {
    const { world } = await inUpheaval()

    await expect(dailyBackup(world.deps, { all: true, acceptChange: true, passphrase: {} })).rejects.toMatchObject({
      code: 'usage-invalid',
      message: '--accept-change is of one repo',
    })
  })
})
