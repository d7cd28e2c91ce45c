// The Borg that contract and integration tests use: BORGBOI_TEST_BORG, or `borg` on the PATH. Where there is none the
// tests are skipped with a word about it; under CI=true that is a failure.

import { execFileSync } from 'node:child_process'

export const testBorg = process.env['BORGBOI_TEST_BORG'] || 'borg'

/** `1.2.4`; undefined where there is no Borg. */
export const testBorgVersion = askVersion()

if (testBorgVersion === undefined) {
  const message = `no Borg at "${testBorg}": tests that need the real one cannot run`
  if (process.env['CI'] === 'true') throw new Error(message)
  console.warn(`\n!!! SKIPPED: ${message}\n`)
}

function askVersion(): string | undefined {
  try {
    return /\d+\.\d+\.\d+\S*/.exec(execFileSync(testBorg, ['--version'], { encoding: 'utf8' }))?.[0]
  } catch {
    return undefined
  }
}
