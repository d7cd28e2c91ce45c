// `backup daily`: create, prune, compact. A failed step ends the run, what came before it stays: the archive is safe in
// the repository before anything is removed from it.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type BackupDeps, compactWhenDue, createArchive, pruneArchives } from './steps.ts'

export function dailyBackup(deps: BackupDeps, input: ForEachInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup daily', writes: true }, async (run, session) => {
    await createArchive(deps, run, session)
    await pruneArchives(deps, run, session, { dryRun: false })
    await compactWhenDue(deps, run, session)
  })
}
