import { describe } from 'vitest'
import { FakeBorg } from '../fakes/fake-borg.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { openRealBorg } from '../support/real-borg.ts'
import { borgClientContract } from './borg-client.contract.ts'

borgClientContract('fake', () => new FakeBorg())

describe.skipIf(testBorgVersion === undefined)('with a real Borg', () => {
  borgClientContract(`Borg ${testBorgVersion}`, (home) => openRealBorg(home, { executable: testBorg }))
})
