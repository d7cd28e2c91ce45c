// Reports of runs, and what is noted of those that have none yet, kept as files.

import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunReport, RunUnderWay } from '../../../src/model/run.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { type HistoryLimits, historyIn } from '../../support/run-history.ts'
import { tempDir } from '../../support/temp-dir.ts'

function reportOf(day: number, changes: Partial<RunReport> = {}): RunReport {
  return {
    id: `01J${day}`,
    workflow: 'backup daily',
    repo: 'docs',
    startedAt: new Date(Date.UTC(2026, 0, day, 2, 30)).toISOString(),
    durationMs: 1500,
    outcome: 'ok',
    exitCode: 0,
    steps: [{ name: 'create archive', outcome: 'ok', durationMs: 1400, figures: { files: 20 } }],
    warningCounts: {},
    warnings: [],
    ...changes,
  }
}

function noteOf(day: number, changes: Partial<RunUnderWay> = {}): RunUnderWay {
  const { id, workflow, repo, startedAt, steps, warningCounts, warnings } = reportOf(day)
  const facts = { id, workflow, repo, startedAt, steps, warningCounts, warnings }
  return { ...facts, step: { name: 'prune' }, notedAt: startedAt, ...changes }
}

async function history(limits?: HistoryLimits, clock = new FakeClock()) {
  const directory = join(await tempDir(), 'home', 'data')
  return { files: join(directory, 'runs', 'docs'), runs: historyIn(directory, limits, clock), clock }
}

const DAY_MS = 86_400_000

test('a repo that never ran has no history', async () => {
  const { runs } = await history()

  expect(await runs.list('docs', 10)).toEqual([])
})

test('reports come back as they were, the newest first, and no more than asked for', async () => {
  const { runs } = await history()
  for (const day of [2, 1, 10, 3]) await runs.append(reportOf(day))

  const newest = await runs.list('docs', 3)

  expect(newest).toEqual([reportOf(10), reportOf(3), reportOf(2)])
})

test('a report of a time to come is behind all others, and the first to go', async () => {
  const { runs } = await history({ max_runs: 2, max_age: 1000 * DAY_MS })
  for (const day of [400, 1]) await runs.append(reportOf(day))

  expect((await runs.list('docs', 10)).map(({ id }) => id)).toEqual(['01J1', '01J400'])
  await runs.append(reportOf(2))
  expect((await runs.list('docs', 10)).map(({ id }) => id)).toEqual(['01J2', '01J1'])
})

test('runs that began at the same moment are both kept', async () => {
  const { runs } = await history()

  await runs.append(reportOf(1, { id: 'A' }))
  await runs.append(reportOf(1, { id: 'B' }))

  expect((await runs.list('docs', 10)).map((report) => report.id)).toEqual(['B', 'A'])
})

test('the history of another repo stays out, unless all are asked for', async () => {
  const { runs } = await history()
  await runs.append(reportOf(1, { repo: 'photos' }))
  await runs.append(reportOf(2))

  expect(await runs.list('docs', 10)).toEqual([reportOf(2)])
  expect(await runs.list(undefined, 10)).toEqual([reportOf(2), reportOf(1, { repo: 'photos' })])
})

test('what was noted last of a run comes back until its report takes its place', async () => {
  const { files, runs } = await history()
  await runs.note(noteOf(1, { step: { name: 'create archive', detail: 'docs-1' } }))
  await runs.note(noteOf(1))

  expect(await runs.underWay('docs')).toEqual([noteOf(1)])
  expect(await runs.underWay('photos')).toEqual([])
  expect(await runs.list('docs', 10)).toEqual([])
  await runs.append(reportOf(1))
  expect(await runs.underWay('docs')).toEqual([])
  expect(await readdir(files)).toEqual(['20260101T023000000Z-01J1.json'])
})

test('a note that a crash left beside the report of its run is none', async () => {
  const { runs } = await history()
  await runs.append(reportOf(1))
  await runs.note(noteOf(1))

  expect(await runs.underWay(undefined)).toEqual([])
})

test('a run is found by the beginning or the end of its id, in any case', async () => {
  const { runs } = await history()
  await runs.append(reportOf(1, { id: '01JAAAA9XYZ' }))
  await runs.append(reportOf(2, { id: '01JBBBB9XYZ', repo: 'photos' }))
  const found = async (id: string) => (await runs.find(id)).map((report) => report.id)

  expect(await found('01jaaaa')).toEqual(['01JAAAA9XYZ'])
  expect(await found('9xyz')).toEqual(['01JBBBB9XYZ', '01JAAAA9XYZ'])
  expect(await found('AAAA')).toEqual([])
})

test('no more are kept than the configuration says, and the oldest go', async () => {
  const { runs } = await history({ max_runs: 2, max_age: 1000 * DAY_MS })
  for (const day of [3, 1, 2]) await runs.append(reportOf(day))

  expect((await runs.list('docs', 10)).map(({ id }) => id)).toEqual(['01J3', '01J2'])
})

test('runs that are too old go, but never the newest hundred, whatever the clock says', async () => {
  const { runs, clock } = await history({ max_runs: 1000, max_age: 7 * DAY_MS })
  for (let day = 1; day <= 104; day++) await runs.append(reportOf(day))
  clock.advance(3650 * DAY_MS)

  await runs.append(reportOf(105))

  const kept = await runs.list('docs', 1000)
  expect(kept).toHaveLength(100)
  expect(kept.at(-1)?.id).toBe('01J6')
})

test('what is no report, of a newer format, or damaged is left out, and older ones take its place', async () => {
  const { files, runs } = await history()
  for (const day of [1, 2, 3]) await runs.append(reportOf(day))
  const [, , newest = ''] = (await readdir(files)).sort()
  await truncate(join(files, newest), 20)
  await writeFile(join(files, '20260201T000000000Z-NEWER.json'), '{"format":2,"id":"x","steps":[]}')
  await writeFile(join(files, '20260202T000000000Z-NUL.json'), '\0\0\0')
  await writeFile(join(files, '20260203T000000000Z-NULL.json'), 'null')
  await writeFile(join(files, 'notes.txt'), 'junk')
  await mkdir(join(files, 'junk'))

  expect(await runs.list('docs', 2)).toEqual([reportOf(2), reportOf(1)])
})
