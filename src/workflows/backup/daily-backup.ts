// `backup daily`: create, prune, compact, copy off-site. A failed step ends the run, what came before it stays: the
// archive is safe in the repository before anything is removed from it, and all of it is done before it is copied.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import type { PushDeps } from '../shared/push-generation.ts'
import { type BackupDeps, compactWhenDue, copyOffSite, createArchive, pruneArchives } from './steps.ts'

export function dailyBackup(deps: BackupDeps & PushDeps, input: ForEachInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup daily', writes: true }, async (run, session) => {
    const archive = await createArchive(deps, run, session)
    await pruneArchives(deps, run, session, { dryRun: false })
    await compactWhenDue(deps, run, session)
    await copyOffSite(deps, run, session, archive)
  })
}
