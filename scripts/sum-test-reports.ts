// Adds up the reports that scripts/test.sh collects: `PHASE.json` from vitest, `PHASE.failed` with the exit code of a
// phase that failed. Prints every failure with the beginning of what it said, then "N passed, N failed, N skipped"; exits
// 1 when anything failed.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** Enough for an error and the difference it found: the end of a long log is all that some places keep. */
const LINES_OF_A_FAILURE = 12

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

interface Sum {
  passed: number
  skipped: number
  readonly failures: string[]
}

export function sumReports(directory: string): Sum {
  const sum: Sum = { passed: 0, skipped: 0, failures: [] }
  const files = readdirSync(directory).sort()
  for (const phase of new Set(files.map((file) => file.replace(/\.(json|failed)$/, '')))) {
    const before = sum.failures.length
    if (files.includes(`${phase}.json`)) addReport(sum, phase, join(directory, `${phase}.json`))
    // A run can fail without a failed test: no report at all, an error outside every test, a check that is no test.
    if (files.includes(`${phase}.failed`) && sum.failures.length === before) {
      sum.failures.push(`${phase}: exit ${readFileSync(join(directory, `${phase}.failed`), 'utf8').trim()}`)
    }
  }
  return sum
}

/** A file that could not even be loaded has no tests in the report, and counts as one failure. */
function addReport(sum: Sum, phase: string, path: string): void {
  const report: Report = JSON.parse(readFileSync(path, 'utf8'))
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(process.cwd(), name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    const passed = assertionResults.filter((test) => test.status === 'passed')
    sum.passed += passed.length
    sum.skipped += assertionResults.length - passed.length - failed.length
    for (const test of failed) {
      sum.failures.push([`${phase}: ${file} > ${test.fullName}`, ...beginningOf(test.failureMessages)].join('\n'))
    }
    if (status === 'failed' && failed.length === 0) sum.failures.push(`${phase}: ${file}: ${message.split('\n')[0]}`)
  }
}

function beginningOf(messages: readonly string[]): string[] {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n').slice(0, LINES_OF_A_FAILURE)
  return lines.map((line) => `    ${line}`)
}

if (import.meta.main) {
  const [directory = '.'] = process.argv.slice(2)
  const { passed, skipped, failures } = sumReports(directory)
  for (const failure of failures) console.log(`✗ ${failure}`)
  console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`)
  process.exitCode = failures.length > 0 ? 1 : 0
}
