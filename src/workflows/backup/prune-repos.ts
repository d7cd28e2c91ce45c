// `backup prune`: removes what the retention policy does not keep. The space comes back with the next compact.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type BackupDeps, pruneArchives } from './steps.ts'

export function pruneRepos(
  deps: BackupDeps,
  input: ForEachInput & { readonly dryRun: boolean },
): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup prune', writes: true }, (run, session) =>
    pruneArchives(deps, run, session, input),
  )
}
