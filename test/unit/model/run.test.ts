import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EXIT, type ExitCode } from '../../../src/errors.ts'
import { combinedExitCode } from '../../../src/model/run.ts'

const { ok, warnings, skipped, interrupted, failure, locked } = EXIT
const code = fc.constantFrom(...Object.values(EXIT))

describe('the exit code of several runs', () => {
  test.each<[ExitCode[], ExitCode]>([
    [[], ok],
    [[ok], ok],
    [[skipped], skipped],
    [[skipped, skipped], skipped],
    [[ok, skipped], ok],
    [[skipped, warnings, ok], warnings],
    [[warnings, locked, failure], locked],
    [[failure, locked], failure],
    [[locked, interrupted, ok], interrupted],
  ])('%j give %d', (codes, combined) => {
    expect(combinedExitCode(codes)).toBe(combined)
  })

  test('is that of one of the runs, and 0 only when none failed or warned', () => {
    fc.assert(
      fc.property(fc.array(code, { minLength: 1 }), (codes) => {
        const combined = combinedExitCode(codes)
        expect(codes).toContain(combined)
        if (combined === ok) expect(codes.every((one) => one === ok || one === skipped)).toBe(true)
      }),
    )
  })
})
