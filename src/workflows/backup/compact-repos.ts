// `backup compact`: frees the space of removed archives now, whatever the configuration says of when: what was removed can
// be brought back no more.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type BackupDeps, compactRepository } from './steps.ts'

export function compactRepos(deps: BackupDeps, input: ForEachInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup compact', writes: true }, (run, session) =>
    compactRepository(deps, run, session),
  )
}
