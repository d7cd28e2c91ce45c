import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type ListRunsInput, listRuns, showRun } from '../../../../src/workflows/history/runs.ts'
import { performRun } from '../../../../src/workflows/shared/run.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

/** Two repos with a run each, `pics` after `docs`; that of `pics` failed. */
async function setUp() {
  const world = await buildWorld()
  const docs = await world.addRepo('docs')
  const pics = await world.addRepo('pics')
  const first = await performRun(world.deps, { record: docs, workflow: 'backup run', exclusive: true }, (run) =>
    run.step('one', async () => ({ value: undefined })),
  )
  world.deps.clock.advance(60_000)
  const second = await performRun(world.deps, { record: pics, workflow: 'backup run', exclusive: true }, async () => {
    throw new AppError('locked', 'held')
  })
  const list = (input: Partial<ListRunsInput> = {}) => listRuns(world.deps, { limit: 10, ...input })
  /** What a run on `docs` leaves that is killed in its second step. */
  const note = async () => {
    world.deps.clock.advance(60_000)
    const startedAt = world.deps.clock.now().toISOString()
    world.deps.clock.advance(2000)
    const { steps, warningCounts, warnings, workflow, repo } = first
    const facts = { id: '01CUT00000000000000000CUT1', startedAt, steps, warningCounts, warnings, workflow, repo }
    const notedAt = world.deps.clock.now().toISOString()
    await world.deps.runs.note({ ...facts, step: { name: 'two', detail: 'docs-2' }, notedAt })
  }
  return { world, docs, first, second, list, note }
}

describe('history', () => {
  it('has the runs of all repos, the newest first, or those of one', async () => {
    const { list, first, second } = await setUp()

    expect(await list()).toEqual([second, first])
    expect(await list({ limit: 1 })).toEqual([second])
    expect(await list({ name: 'docs' })).toEqual([first])
    expect(await list({ path: 'none' }).catch((error: AppError) => error.code)).toBe('repo-unknown')
    await expect(list({ name: '../docs' })).rejects.toMatchObject({ code: 'value-invalid' })
    await expect(list({ name: 'none' })).rejects.toMatchObject({ code: 'repo-unknown' })
  })

  it('stays when the record of its repo goes', async () => {
    const { world, docs, list, first } = await setUp()
    await world.deps.repos.remove(docs.name)

    expect(await list({ name: 'docs' })).toEqual([first])
  })

  it('shows a run that was cut off as interrupted, as far as it came', async () => {
    const { list, note } = await setUp()
    await note()

    const [cut] = await list({ name: 'docs' })

    expect(cut).toMatchObject({
      outcome: 'interrupted',
      exitCode: 130,
      durationMs: 2000,
      steps: [
        { name: 'one', outcome: 'ok' },
        { name: 'two', outcome: 'failed', detail: 'docs-2' },
      ],
      failure: { message: 'the run was cut off', reason: expect.stringContaining('during the step two') },
    })
  })

  it('shows one that is under way as running', async () => {
    const { world, docs, list, note } = await setUp()
    await note()
    await using _lock = await world.deps.jobs.acquire(docs.name, 'backup run', 0)

    expect(await list({ name: 'docs', limit: 1 })).toMatchObject([{ outcome: 'running', step: { name: 'two' } }])
  })
})

describe('history show', () => {
  it('finds a run by the beginning or the end of its id, or the latest', async () => {
    const { world, first, second } = await setUp()

    expect(await showRun(world.deps, { run: first.id })).toEqual(first)
    expect(await showRun(world.deps, { run: first.id.slice(-6).toLowerCase() })).toEqual(first)
    expect(await showRun(world.deps, { run: 'latest' })).toEqual(second)
    expect(await showRun(world.deps, { run: 'latest', name: 'docs' })).toEqual(first)
  })

  it('finds one that was cut off', async () => {
    const { world, note } = await setUp()
    await note()

    expect(await showRun(world.deps, { run: 'CUT1' })).toMatchObject({ outcome: 'interrupted' })
  })

  it.each(['nope', '01', '../..', 'ZZZZZZ'])('does not find %s', async (run) => {
    const { world } = await setUp()

    await expect(showRun(world.deps, { run })).rejects.toMatchObject({ code: 'run-unknown', exitCode: 2 })
  })

  it('asks for more where several are meant', async () => {
    const { world, first, second } = await setUp()

    await expect(showRun(world.deps, { run: '01TEST' })).rejects.toMatchObject({
      code: 'usage-invalid',
      reason: `it could be ${second.id}, ${first.id}`,
    })
  })
})
