// `backup run`: one archive of each repo's sources, nothing else.

import type { RunReport } from '../../model/run.ts'
import { backingUp, type ConcludeDeps } from '../shared/conclude-backup.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type BackupDeps, createArchive } from './steps.ts'

export function runBackup(deps: BackupDeps & ConcludeDeps, input: ForEachInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, backingUp(deps, 'backup run'), async (run, session) => {
    await createArchive(deps, run, session)
  })
}
