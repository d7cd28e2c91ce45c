// A process that goes back in a repository to what its rehearsal is, and may be killed on the way.

import { localRollback } from '../../src/rollback/local-rollback.ts'
import type { Rehearsal } from '../../src/rollback/rollback.ts'

const { repository, rehearsal }: { readonly repository: string; readonly rehearsal: Rehearsal } = JSON.parse(
  process.argv[2] ?? '',
)
await localRollback.goBack(repository, rehearsal, { back: ['one'], gone: ['three'] })
