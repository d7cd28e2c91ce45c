// A few cycles of the off-site soak with one seed, so that it never rots; `npm run soak` goes on for as long as one likes.

import { describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { soakOffsite } from '../support/offsite-soak.ts'
import { tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a repository and its copies', () => {
  test('go through backups, faults, takeovers and collections, and every generation stays what it was', async () => {
    const { counts } = await soakOffsite({ directory: await tempDir(), cycles: 12, seed: 22, deepEvery: 12 })

    expect(counts['push done']).toBeGreaterThan(1)
    expect(counts['deep checks']).toBeGreaterThan(0)
  })
})
