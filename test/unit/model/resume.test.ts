import { describe, expect, it } from 'vitest'
import { isRecent, latestDay, type UnfinishedDay } from '../../../src/model/resume.ts'
import type { RunReport, StepReport } from '../../../src/model/run.ts'

function step(name: string, outcome: StepReport['outcome'], detail?: string): StepReport {
  return { name, outcome, durationMs: 0, figures: {}, ...(detail === undefined ? {} : { detail }) }
}

function report(changes: Partial<RunReport> = {}): RunReport {
  return {
    id: '01J1',
    workflow: 'backup daily',
    repo: 'docs',
    sources: ['/home/anna'],
    startedAt: '2026-11-20T02:30:00.000Z',
    durationMs: 1,
    outcome: 'failed',
    exitCode: 1,
    steps: [step('create archive', 'ok', 'docs-1'), step('prune', 'failed')],
    warningCounts: {},
    warnings: [],
    ...changes,
  }
}

const DAY: UnfinishedDay = {
  run: '01J1',
  archive: 'docs-1',
  made: true,
  since: '2026-11-20T02:30:00.000Z',
  steps: ['create archive'],
  sources: ['/home/anna'],
}

describe('the newest daily run', () => {
  it.each([
    ['failed behind its archive', {}, DAY],
    ['ended with warnings in a step', { steps: [step('create archive', 'warnings', 'docs-1')] }, DAY],
    ['was interrupted', { outcome: 'interrupted', exitCode: 130 }, DAY],
    [
      'was cut off while its archive was made',
      { steps: [step('create archive', 'failed', 'docs-1')] },
      { ...DAY, made: false, steps: [] },
    ],
    ['failed to make its archive', { steps: [step('create archive', 'failed')] }, 'nothing made'],
    ['ended', { outcome: 'ok', exitCode: 0 }, 'ended'],
    ['ended with warnings', { outcome: 'warnings', exitCode: 3 }, 'ended'],
  ] as const)('that %s', (_, changes, expected) => {
    expect(latestDay([report(changes)])).toEqual(expected)
  })

  it('is not hidden by other runs, nor by one that never began', () => {
    const other = report({ workflow: 'backup list', id: '01J2' })
    const locked = report({ id: '01J3', steps: [] })

    expect(latestDay([locked, other, report(), report({ id: '01J0', outcome: 'ok' })])).toEqual(DAY)
    expect(latestDay([locked, other])).toBe('none')
  })

  it('is not hidden by one that was skipped on purpose, as by a hook', () => {
    const skipped = report({ outcome: 'skipped', exitCode: 75, steps: [step('before hook', 'skipped')] })

    expect(latestDay([skipped])).toBe('none')
  })

  it('that had gone on with another knows what both have done', () => {
    const continues = { run: '01J0', archive: 'docs-0', since: '2026-11-20T01:00:00.000Z', steps: ['create archive'] }
    const steps = [step('resume', 'ok'), step('prune', 'ok'), step('off-site', 'failed')]

    expect(latestDay([report({ continues, steps })])).toEqual({
      ...continues,
      made: true,
      steps: ['create archive', 'prune'],
      sources: ['/home/anna'],
    })
  })
})

describe('a run is gone on with unasked', () => {
  const at = (time: string) => new Date(`2026-11-20T${time}Z`)

  it.each([
    ['at once', at('02:30:00'), true],
    ['within twelve hours', at('14:29:59'), true],
    ['not later', at('14:30:00'), false],
    ['not when it began in the future, by a clock that was wrong', at('02:29:59'), false],
  ])('%s', (_, now, expected) => {
    expect(isRecent(DAY, ['/home/anna'], now)).toBe(expected)
  })

  it('only when it was of the same directories', () => {
    expect(isRecent(DAY, ['/home/anna', '/etc'], at('03:00:00'))).toBe(false)
    expect(isRecent({ ...DAY, sources: undefined }, ['/home/anna'], at('03:00:00'))).toBe(false)
  })
})
