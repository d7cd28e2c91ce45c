// The real Rollback: the operations on repositories of this machine.

import { isRemote } from '../model/location.ts'
import { removeEntry } from '../platform/trees.ts'
import { begun, finish, goBack } from './go-back.ts'
import { rehearse } from './rehearse.ts'
import { readState } from './repository-state.ts'
import type { Rollback } from './rollback.ts'
import { undoDirectory } from './undo-directory.ts'

export const localRollback: Rollback = {
  point: async (repository) => (isRemote(repository) ? undefined : (await readState(repository))?.point),
  rehearse,
  goBack,
  begun,
  finish,
  clear: async (repository) => {
    if (!isRemote(repository)) await removeEntry(undoDirectory(repository))
  },
}
