// `backup run`: one archive of each repo's sources, nothing else.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type BackupDeps, createArchive } from './steps.ts'

export function runBackup(deps: BackupDeps, input: ForEachInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup run', writes: true, hooks: true }, async (run, session) => {
    await createArchive(deps, run, session)
  })
}
