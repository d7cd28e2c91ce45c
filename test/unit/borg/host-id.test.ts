import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stableHostId } from '../../../src/borg/host-id.ts'
import { tempDir } from '../../support/temp-dir.ts'

function host(hostname: string) {
  let ids = 0
  return { hostname, newId: () => `ID${++ids}` }
}

describe('the id of this machine’s locks', () => {
  it('stays the same, also when the host name changes', async () => {
    const file = join(await tempDir(), 'home', 'host-id')

    const first = await stableHostId(file, host('anna'))

    expect(first).toBe('anna@ID1')
    expect(await stableHostId(file, host('a1b2c3-container'))).toBe(first)
  })

  it('is made anew from an empty file', async () => {
    const file = join(await tempDir(), 'host-id')
    await writeFile(file, '\n')

    expect(await stableHostId(file, host('anna'))).toBe('anna@ID1')
  })
})
