import { cp } from 'node:fs/promises'
import { describe } from 'vitest'
import { FakeBorg } from '../fakes/fake-borg.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { openRealBorg } from '../support/real-borg.ts'
import { borgClientContract } from './borg-client.contract.ts'

borgClientContract('fake', (home) => {
  const borg = new FakeBorg(home)
  return { borg, copyRepository: (from, to) => borg.copyRepository(from, to) }
})

describe.skipIf(testBorgVersion === undefined)('with a real Borg', () => {
  borgClientContract(`Borg ${testBorgVersion}`, (home) => ({
    borg: openRealBorg(home, { executable: testBorg }),
    copyRepository: (from, to) => cp(from, to, { recursive: true }),
  }))
})
