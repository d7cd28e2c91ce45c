import { describe } from 'vitest'
import { localRollback } from '../../src/rollback/local-rollback.ts'
import { FakeBorg } from '../fakes/fake-borg.ts'
import { FakeRollback } from '../fakes/fake-rollback.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { openRealBorg } from '../support/real-borg.ts'
import { rollbackContract } from './rollback.contract.ts'

rollbackContract('fake', (home) => {
  const borg = new FakeBorg(home)
  return { borg, rollback: new FakeRollback(borg) }
})

describe.skipIf(testBorgVersion === undefined)('with a real Borg', () => {
  rollbackContract(`Borg ${testBorgVersion}`, (home) => ({
    borg: openRealBorg(home, { executable: testBorg }),
    rollback: localRollback,
  }))
})
