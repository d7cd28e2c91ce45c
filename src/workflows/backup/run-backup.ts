// `backup run`: one archive of each repo's sources, nothing else. One that is an upheaval ends it as a failure: somebody has to look.

import type { RunReport } from '../../model/run.ts'
import { backingUp, type ConcludeDeps } from '../shared/conclude-backup.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type AcceptInput, passUpheaval } from '../shared/upheaval.ts'
import { settleChange } from './judgement.ts'
import { type BackupDeps, createArchive } from './steps.ts'

const RUN = 'backup run'

export function runBackup(
  deps: BackupDeps & ConcludeDeps,
  input: ForEachInput & AcceptInput,
): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, backingUp(deps, RUN), async (run, session) => {
    if (input.acceptChange) await passUpheaval(deps, run, session.record, RUN, input)
    await createArchive(deps, run, session)
    await settleChange(deps, run, session, RUN, input)
  })
}
