// Reports of finished runs, kept as files.

import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import type { RunReport } from '../../../src/model/run.ts'
import { FileRunHistory } from '../../../src/store/run-history.ts'
import { tempDir } from '../../support/temp-dir.ts'

const docs = parseRepoName('docs')

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

async function history() {
  const directory = join(await tempDir(), 'home', 'data')
  return { files: join(directory, 'runs', 'docs'), runs: new FileRunHistory(directory) }
}

test('a repo that never ran has no history', async () => {
  const { runs } = await history()

  expect(await runs.list(docs, 10)).toEqual([])
})

test('reports come back as they were, the newest first, and no more than asked for', async () => {
  const { runs } = await history()
  for (const day of [2, 1, 10, 3]) await runs.append(reportOf(day))

  const newest = await runs.list(docs, 3)

  expect(newest).toEqual([reportOf(10), reportOf(3), reportOf(2)])
})

test('runs that began at the same moment are both kept', async () => {
  const { runs } = await history()

  await runs.append(reportOf(1, { id: 'A' }))
  await runs.append(reportOf(1, { id: 'B' }))

  expect((await runs.list(docs, 10)).map((report) => report.id)).toEqual(['B', 'A'])
})

test('the history of another repo stays out', async () => {
  const { runs } = await history()
  await runs.append(reportOf(1, { repo: 'photos' }))

  expect(await runs.list(docs, 10)).toEqual([])
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

  expect(await runs.list(docs, 2)).toEqual([reportOf(2), reportOf(1)])
})
