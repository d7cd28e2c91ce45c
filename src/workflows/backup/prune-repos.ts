// `backup prune`: removes what the retention policy does not keep. The space comes back with the next compact.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type AcceptInput, passUpheaval } from '../shared/upheaval.ts'
import { type BackupDeps, pruneArchives } from './steps.ts'

const PRUNE = 'backup prune'

export function pruneRepos(
  deps: BackupDeps,
  input: ForEachInput & AcceptInput & { readonly dryRun: boolean },
): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: PRUNE, writes: true }, async (run, session) => {
    if (!input.dryRun) await passUpheaval(deps, run, session.record, PRUNE, input)
    await pruneArchives(deps, run, session, input)
  })
}
