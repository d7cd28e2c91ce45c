import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import type { Outlet } from '../../../../src/model/events.ts'
import { parseRepoName } from '../../../../src/model/names.ts'
import type { RunReport } from '../../../../src/model/run.ts'
import { performRun, type Run } from '../../../../src/workflows/shared/run.ts'
import { broken } from '../../../fakes/faults.ts'
import { buildWorld, type World } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const record = await world.addRepo('docs')
  const perform = (body: (run: Run) => Promise<void>, deps: World['deps'] = world.deps) =>
    performRun(deps, { record, workflow: 'backup run', exclusive: true }, body)
  return { world, record, perform }
}

const DONE = async () => ({ value: undefined })

describe('a run', () => {
  it('tells every step as it happens, and how all ended', async () => {
    const { world, perform } = await setUp()

    const report = await perform(async (run) => {
      await run.step('one', async ({ onProgress }) => {
        onProgress({ files: 1 })
        world.deps.clock.advance(1500)
        return { value: undefined, figures: { files: 1 }, detail: 'done' }
      })
      run.skip('two', 'nothing to do')
    })

    expect(report).toMatchObject({
      workflow: 'backup run',
      repo: 'docs',
      startedAt: '2026-11-20T02:30:04.000Z',
      durationMs: 1500,
      outcome: 'ok',
      exitCode: 0,
      steps: [
        { name: 'one', outcome: 'ok', durationMs: 1500, figures: { files: 1 }, detail: 'done' },
        { name: 'two', outcome: 'skipped', durationMs: 0, figures: {}, detail: 'nothing to do' },
      ],
    })
    expect(world.events.map(({ type }) => type)).toEqual([
      'run-started',
      'step-started',
      'progress',
      'step-finished',
      'step-finished',
      'run-finished',
    ])
    expect(new Set(world.events.map((event) => 'runId' in event && event.runId))).toEqual(new Set([report.id]))
  })

  it('takes as long as it takes, whatever the clock is set to meanwhile', async () => {
    const { world, perform } = await setUp()

    const report = await perform(async (run) => {
      await run.step('one', async () => {
        world.deps.clock.advance(1500)
        world.deps.clock.jump(-86_400_000)
        return DONE()
      })
    })

    expect(report).toMatchObject({ startedAt: '2026-11-20T02:30:04.000Z', durationMs: 1500 })
    expect(report.steps).toMatchObject([{ durationMs: 1500, outcome: 'ok' }])
    expect(await world.deps.runs.list('docs', 1)).toMatchObject([{ id: report.id }])
  })

  it('hands a step’s value back', async () => {
    const { perform } = await setUp()
    let value = 0

    await perform(async (run) => {
      value = await run.step('one', async () => ({ value: 42 }))
    })

    expect(value).toBe(42)
  })

  it('counts every warning, keeps a hundred, and exits with 3', async () => {
    const { world, perform } = await setUp()

    const report = await perform(async (run) => {
      await run.step('one', async ({ onWarning }) => {
        for (let i = 0; i < 150; i++) onWarning({ kind: 'file-changed', message: `${i}` })
        onWarning({ kind: 'borg', message: 'other' })
        return { value: undefined }
      })
      await run.step('two', DONE)
    })

    expect(report).toMatchObject({
      outcome: 'warnings',
      exitCode: 3,
      warningCounts: { 'file-changed': 150, borg: 1 },
      steps: [{ outcome: 'warnings' }, { outcome: 'ok' }],
    })
    expect(report.warnings).toHaveLength(100)
    expect(world.events.filter(({ type }) => type === 'warning')).toHaveLength(151)
  })

  it('ends with the step that fails, and keeps what came before', async () => {
    const { perform } = await setUp()

    const report = await perform(async (run) => {
      await run.step('one', DONE)
      await run.step('two', async () => {
        throw new AppError('locked', 'cannot open it', { reason: 'held', hint: 'wait', context: { pid: 7 } })
      })
      await run.step('never', DONE)
    })

    const failure = {
      code: 'locked',
      message: 'cannot open it',
      reason: 'held',
      hint: 'wait',
      exitCode: 11,
      context: { pid: 7 },
    }
    expect(report).toMatchObject({ outcome: 'failed', exitCode: 11, failure })
    expect(report.steps).toMatchObject([
      { name: 'one', outcome: 'ok' },
      { name: 'two', outcome: 'failed', failure },
    ])
  })

  it('reports a failure outside of every step, and a defect as one', async () => {
    const { perform } = await setUp()

    const report = await perform(async () => {
      throw new TypeError('x is not a function')
    })

    expect(report).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      steps: [],
      failure: { code: 'internal', reason: 'x is not a function', context: { stack: expect.any(String) } },
    })
  })

  it('starts no step after the stop', async () => {
    const { world, perform } = await setUp()

    const report = await perform(async (run) => {
      await run.step('one', async () => {
        world.stop.abort('SIGTERM')
        return { value: undefined }
      })
      await run.step('never', DONE)
    })

    expect(report).toMatchObject({
      outcome: 'interrupted',
      exitCode: 130,
      steps: [{ name: 'one', outcome: 'ok' }],
      failure: { code: 'interrupted', reason: 'borgboi got SIGTERM' },
    })
  })

  it('is kept in the history as it was told', async () => {
    const { world, record, perform } = await setUp()

    const report = await perform((run) => run.step('one', DONE))

    expect(await world.deps.runs.list(record.name, 10)).toEqual([report])
    expect(world.events.at(-1)).toMatchObject({ type: 'run-finished', report })
  })

  it('that could not be kept in the history has failed, and says what it did', async () => {
    const { world, perform } = await setUp()

    const report = await perform((run) => run.step('one', DONE), {
      ...world.deps,
      runs: broken(world.deps.runs, 'append'),
    })

    expect(report).toMatchObject({
      outcome: 'failed',
      steps: [{ name: 'one', outcome: 'ok' }],
      failure: { code: 'disk-full', message: 'cannot append' },
    })
  })

  it('keeps its own failure when the history fails too', async () => {
    const { world, perform } = await setUp()
    const deps = { ...world.deps, runs: broken(world.deps.runs, 'append') }

    const report = await perform(async () => {
      throw new AppError('locked', 'held')
    }, deps)

    expect(report).toMatchObject({ exitCode: 11, failure: { code: 'locked' } })
  })

  it('is noted before each step, where it changes something', async () => {
    const { world, record, perform } = await setUp()
    const noted: unknown[] = []
    const look = async () => {
      for (const { step, steps } of await world.deps.runs.underWay(record.name)) {
        noted.push([steps.map(({ name }) => name), step])
      }
      return { value: undefined }
    }

    await perform(async (run) => {
      await run.step('one', look, 'docs-1')
      await run.step('two', look)
    })
    await performRun(world.deps, { record, workflow: 'backup restore', exclusive: false }, (run) => run.step('x', look))

    expect(noted).toEqual([
      [[], { name: 'one', detail: 'docs-1' }],
      [['one'], { name: 'two' }],
    ])
    expect(await world.deps.runs.underWay(record.name)).toEqual([])
  })

  it('goes on when it cannot be noted, and says once what that means', async () => {
    const { world, perform } = await setUp()

    const report = await perform(
      async (run) => {
        await run.step('one', DONE)
        await run.step('two', DONE)
      },
      { ...world.deps, runs: broken(world.deps.runs, 'note') },
    )

    expect(report.outcome).toBe('ok')
    expect(world.events.filter(({ type }) => type === 'notice')).toEqual([
      expect.objectContaining({ hint: 'if it is cut off, the next one starts from the beginning' }),
    ])
  })

  it('makes a report of one before it that was cut off', async () => {
    const { world, record, perform } = await setUp()
    const cut = await perform((run) => run.step('one', DONE))
    const { durationMs: _, outcome: __, exitCode: ___, ...facts } = cut
    await world.deps.runs.note({ ...facts, id: '01ZCUT', step: { name: 'two' }, notedAt: cut.startedAt })

    world.deps.clock.advance(60_000)
    const next = await perform((run) => run.step('one', DONE))

    const kept = await world.deps.runs.list(record.name, 10)
    expect(kept.map(({ id, outcome }) => [id, outcome])).toEqual([
      [next.id, 'ok'],
      ['01ZCUT', 'interrupted'],
      [cut.id, 'ok'],
    ])
  })

  it('does not need the history to begin', async () => {
    const { world, perform } = await setUp()

    const report = await perform((run) => run.step('one', DONE), {
      ...world.deps,
      runs: broken(world.deps.runs, 'list'),
    })

    expect(report.outcome).toBe('ok')
  })

  it('knows the latest one before it that came to its end', async () => {
    const { world, perform } = await setUp()
    const previous = async () => {
      world.events.length = 0
      world.deps.clock.advance(60_000)
      await perform(async () => {
        throw new AppError('interrupted', 'stopped')
      })
      const [started] = world.events
      return started?.type === 'run-started' ? started.previous : undefined
    }
    expect(await previous()).toBeUndefined()
    world.deps.clock.advance(60_000)
    const finished: RunReport = await perform((run) => run.step('one', DONE))

    expect(await previous()).toEqual(finished)
    expect(await previous()).toEqual(finished)
  })

  it('waits for another on the same repo, and then says who holds it', async () => {
    const { world, record, perform } = await setUp()
    await using _lock = await world.deps.jobs.acquire(record.name, 'backup daily', 0)

    const report = await perform((run) => run.step('never', DONE))

    expect(report).toMatchObject({
      exitCode: 11,
      steps: [],
      failure: { code: 'locked', reason: expect.stringContaining('borgboi backup daily (pid') },
    })
  })

  it('that only reads waits for nobody', async () => {
    const { world, record } = await setUp()
    await using _lock = await world.deps.jobs.acquire(record.name, 'backup daily', 0)

    const report = await performRun(world.deps, { record, workflow: 'x', exclusive: false }, (run) =>
      run.step('one', DONE),
    )

    expect(report.outcome).toBe('ok')
  })
})

describe('a run that is skipped on purpose', () => {
  it('is neither a failure nor a success: exit 75, and the step says why', async () => {
    const { perform } = await setUp()

    const report = await perform(async (run) => {
      await run.step('one', async () => {
        throw new AppError('skipped', 'the machine runs on battery')
      })
      await run.step('never', DONE)
    })

    expect(report).toMatchObject({ outcome: 'skipped', exitCode: 75 })
    expect(report.failure).toBeUndefined()
    expect(report.steps).toMatchObject([{ name: 'one', outcome: 'skipped', detail: 'the machine runs on battery' }])
  })
})

describe('outlets', () => {
  const outlet = (conclude: Outlet['conclude']): Outlet => ({ take: () => {}, conclude, close: async () => {} })

  it('tell of a run that has come to its end in steps of it', async () => {
    const { world, perform } = await setUp()
    const told: RunReport[] = []
    const phone = outlet(async (report, step) => {
      told.push(report)
      await step('notify', async () => ({ detail: 'phone' }))
    })

    const report = await perform((run) => run.step('one', DONE), { ...world.deps, outlets: [phone] })

    expect(told).toMatchObject([{ outcome: 'ok', steps: [{ name: 'one' }] }])
    expect(report.steps).toMatchObject([{ name: 'one' }, { name: 'notify', outcome: 'ok', detail: 'phone' }])
    expect(await world.deps.runs.list(parseRepoName('docs'), 1)).toMatchObject([{ steps: report.steps }])
  })

  it('that cannot tell cost a warning, also one that is broken; the next one knows', async () => {
    const { world, perform } = await setUp()
    const seen: string[] = []
    const warning = { kind: 'reporting', message: 'phone: no answer' } as const
    const silent = outlet(async (_report, step) => {
      await step('notify', async ({ onWarning }) => {
        onWarning(warning)
        return {}
      })
    })
    const defective = outlet(async () => {
      throw new TypeError('x is not a function')
    })
    const metrics = outlet(async (report) => void seen.push(report.outcome))

    const report = await perform(async () => {}, { ...world.deps, outlets: [silent, defective, metrics] })

    expect(report).toMatchObject({ outcome: 'warnings', exitCode: 3, warningCounts: { reporting: 2 } })
    expect(report.warnings).toMatchObject([warning, { message: expect.stringContaining('x is not a function') }])
    expect(seen).toEqual(['warnings'])
  })

  it('tell of a run that was stopped, too', async () => {
    const { world, perform } = await setUp()
    const phone = outlet((_report, step) => step('notify', async () => ({ detail: 'phone' })))

    const report = await perform(
      async (run) => {
        world.stop.abort('SIGTERM')
        await run.step('one', DONE)
      },
      { ...world.deps, outlets: [phone] },
    )

    expect(report).toMatchObject({ outcome: 'interrupted', steps: [{ name: 'notify', outcome: 'ok' }] })
  })
})
