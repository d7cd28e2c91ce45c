// Adds up the reports that scripts/test.sh collects: `PHASE.json` from vitest, `PHASE.failed` with the exit code of a
// phase that failed. Prints every failure, then "N passed, N failed, N skipped"; exits 1 when anything failed.

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

const [directory = '.'] = process.argv.slice(2)
const files = readdirSync(directory).sort()
const totals = { passed: 0, skipped: 0 }
const failures: string[] = []

for (const phase of new Set(files.map((file) => file.replace(/\.(json|failed)$/, '')))) {
  const found = files.includes(`${phase}.json`) ? readReport(join(directory, `${phase}.json`)) : []
  failures.push(...found.map((failure) => `${phase}: ${failure}`))
  // A run can fail without a failed test: no report at all, an error outside every test, a check that is no test.
  if (files.includes(`${phase}.failed`) && found.length === 0) {
    failures.push(`${phase}: exit ${readFileSync(join(directory, `${phase}.failed`), 'utf8').trim()}`)
  }
}

for (const failure of failures) console.log(`✗ ${failure}`)
console.log(`${totals.passed} passed, ${failures.length} failed, ${totals.skipped} skipped`)
process.exitCode = failures.length > 0 ? 1 : 0

/** Counts a report into the totals and returns its failures; a file that could not even be loaded is one. */
function readReport(path: string): string[] {
  const report: Report = JSON.parse(readFileSync(path, 'utf8'))
  return report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    const passed = assertionResults.filter((test) => test.status === 'passed')
    totals.passed += passed.length
    totals.skipped += assertionResults.length - passed.length - failed.length
    if (failed.length > 0) return failed.map((test) => `${file} > ${test.fullName}`)
    return status === 'failed' ? [`${file}: ${message.split('\n')[0]}`] : []
  })
}
