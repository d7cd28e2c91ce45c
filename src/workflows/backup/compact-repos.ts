// `backup compact`: frees the space of removed archives now, whatever the configuration says of when: what was removed can
// be brought back no more.

import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type AcceptInput, passUpheaval } from '../shared/upheaval.ts'
import { type BackupDeps, compactRepository } from './steps.ts'

const COMPACT = 'backup compact'

export function compactRepos(deps: BackupDeps, input: ForEachInput & AcceptInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: COMPACT, writes: true }, async (run, session) => {
    await passUpheaval(deps, run, session.record, COMPACT, input)
    await compactRepository(deps, run, session)
  })
}
