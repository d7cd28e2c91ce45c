import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACCEPT, ordinaryArchives } from '../../../src/model/ordinary-archives.ts'
import { CREATE } from '../../../src/model/resume.ts'
import type { FailureReport, Figures, RunReport } from '../../../src/model/run.ts'
import { report, step } from '../../support/run-events.ts'

const SOURCES = ['/home/anna']
const NOW = new Date('2026-11-20T12:00:00.000Z')
const UNACCEPTED: FailureReport = { code: 'change-unaccepted', message: 'much is gone', exitCode: 1, context: {} }

function figures(changes: Figures = {}): Figures {
  return { files: 10, originalBytes: 1000, deduplicatedBytes: 10, ...changes }
}

/** The run of that day of November, which made the archive `docs-<day>`. */
function runOf(day: number, changes: Partial<RunReport> = {}, stepFigures: Figures = figures()): RunReport {
  const startedAt = `2026-11-${String(day).padStart(2, '0')}T02:30:04.000Z`
  const steps = [step(CREATE, { detail: `docs-${day}`, figures: stepFigures }), step('prune')]
  return report('docs', { id: `run-${day}`, sources: SOURCES, startedAt, steps, ...changes })
}

function accepting(day: number, detail: string): RunReport {
  return runOf(day, { workflow: 'backup prune', steps: [step(ACCEPT, { detail }), step('prune')] })
}

const ordinary = (...runs: RunReport[]) => ordinaryArchives(runs, SOURCES, NOW).map(({ archive }) => archive)

describe('the ordinary archives of a history', () => {
  test('are those that were made, with their figures, oldest first', () => {
    const others = [runOf(3, { workflow: 'backup check', steps: [step('check')] }), runOf(4, { steps: [] })]

    expect(ordinaryArchives([runOf(5), ...others, runOf(1)], SOURCES, NOW)).toEqual([
      { archive: 'docs-1', ...figures() },
      { archive: 'docs-5', ...figures() },
    ])
  })

  test('are not those that nobody has accepted', () => {
    expect(ordinary(runOf(1), runOf(2, { failure: UNACCEPTED }), runOf(3))).toEqual(['docs-1', 'docs-3'])
  })

  test('are those that were accepted, and not the ones before them', () => {
    const runs = [runOf(2, { failure: UNACCEPTED }), runOf(3, { failure: UNACCEPTED }), accepting(4, 'docs-3')]

    expect(ordinary(runOf(1), ...runs)).toEqual(['docs-1', 'docs-3'])
  })

  test('are not those that a run went on with, and nobody has accepted', () => {
    const continues = { run: 'run-2', archive: 'docs-2', since: '2026-11-02T02:30:04.000Z', steps: [CREATE] }
    const resumed = runOf(3, { steps: [step('resume')], continues, failure: UNACCEPTED })

    expect(ordinary(runOf(1), runOf(2), resumed)).toEqual(['docs-1'])
  })

  test('are of the same sources, and none where the newest archive is of others', () => {
    const other = { sources: ['/home/anna', '/srv'] }

    expect(ordinary(runOf(1), runOf(2, other), runOf(3))).toEqual(['docs-1', 'docs-3'])
    expect(ordinary(runOf(1), runOf(2), runOf(3, other))).toEqual([])
  })

  test('leave out what cannot be: no figures, bad ones, a time to come', () => {
    const failed = runOf(4, { steps: [step(CREATE, { detail: 'docs-4', outcome: 'failed' })] })
    const bad = [
      runOf(2, {}, {}),
      runOf(3, {}, figures({ files: Number.NaN })),
      runOf(5, {}, figures({ originalBytes: -1 })),
      runOf(6, {}, figures({ deduplicatedBytes: 0.5 })),
      runOf(30),
    ]

    expect(ordinary(runOf(1), failed, ...bad, runOf(7))).toEqual(['docs-1', 'docs-7'])
  })

  test('are none of an empty history', () => {
    expect(ordinary()).toEqual([])
  })

  test('do not depend on the order of the reports', () => {
    const runs = [
      ...[1, 2, 3, 5, 8].map((day) => runOf(day)),
      runOf(6, { failure: UNACCEPTED }),
      runOf(7, { failure: UNACCEPTED }),
      accepting(9, 'docs-7'),
      runOf(4, { sources: ['/srv'] }),
    ]

    fc.assert(
      fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (shuffled) => {
        expect(ordinary(...shuffled)).toEqual(['docs-1', 'docs-2', 'docs-3', 'docs-5', 'docs-7', 'docs-8'])
      }),
    )
  })
})
