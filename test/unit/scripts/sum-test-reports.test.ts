// The last line of scripts/test.sh: nothing that failed may get lost in the sum.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sumReports } from '../../../scripts/sum-test-reports.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A report in vitest's form with one file and the given test results. */
function report(statuses: readonly string[], message = ''): string {
  const failed = statuses.includes('failed') || message !== ''
  const assertionResults = statuses.map((status, index) => ({
    fullName: `test ${index}`,
    status,
    failureMessages: status === 'failed' ? ['expected \u001b[31m1\u001b[39m'] : [],
  }))
  return JSON.stringify({
    testResults: [
      { name: join(process.cwd(), 'x.test.ts'), status: failed ? 'failed' : 'passed', message, assertionResults },
    ],
  })
}

async function sumOf(files: Record<string, string>) {
  const directory = await tempDir()
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return sumReports(directory)
}

test('reports add up over all phases', async () => {
  const sum = await sumOf({
    'unit.json': report(['passed', 'passed', 'pending', 'todo', 'skipped']),
    'cli.json': report(['passed']),
  })

  expect(sum).toEqual({ passed: 3, skipped: 3, failures: [] })
})

test('a failed test counts once and says why, although its phase failed too', async () => {
  const sum = await sumOf({ 'unit.json': report(['passed', 'failed']), 'unit.failed': '1\n' })

  expect(sum).toEqual({ passed: 1, skipped: 0, failures: ['unit: x.test.ts > test 1\n    expected 1'] })
})

test('a test file that cannot be loaded is a failure', async () => {
  const sum = await sumOf({ 'unit.json': report([], 'broken import\nat line 1'), 'unit.failed': '1\n' })

  expect(sum.failures).toEqual(['unit: x.test.ts: broken import'])
})

test('a phase that fails without a report, or with all tests passed, is a failure', async () => {
  const sum = await sumOf({ 'lint.failed': '1\n', 'unit.json': report(['passed']), 'unit.failed': '1\n' })

  expect(sum).toEqual({ passed: 1, skipped: 0, failures: ['lint: exit 1', 'unit: exit 1'] })
})
