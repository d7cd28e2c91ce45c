// Local times of a test file are those of UTC, wherever it runs.

import { afterAll, beforeAll } from 'vitest'

/** For all tests of the file that calls it. */
export function inUtc(): void {
  const zone = process.env['TZ']
  beforeAll(() => {
    process.env['TZ'] = 'UTC'
  })
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  })
}
