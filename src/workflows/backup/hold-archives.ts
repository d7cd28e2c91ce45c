// `backup hold` and `backup release`: archives that no prune and no delete may remove. Held is what an archive's name
// says (model/held.ts), so that it is known wherever the repository goes. Safe to repeat.

import { heldName, isHeld, releasedName } from '../../model/held.ts'
import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { findArchives } from '../shared/read-repository.ts'
import { renameAndRecord } from './labels.ts'
import type { BackupDeps } from './steps.ts'

export interface HoldInput extends Omit<ForEachInput, 'all' | 'jobs'> {
  /** Names, or `latest`. */
  readonly archives: readonly string[]
}

export function holdArchives(deps: BackupDeps, input: HoldInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup hold', writes: true }, async (run, session) => {
    for (const archive of await findArchives(deps, session.record, session.access, input.archives)) {
      if (isHeld(archive)) run.skip('hold', `${archive} is held already`)
      else await run.step('hold', () => renameAndRecord(deps, session, archive, heldName(archive)))
    }
  })
}

/** The next prune decides about them again. */
export function releaseArchives(deps: BackupDeps, input: HoldInput): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup release', writes: true }, async (run, session) => {
    for (const archive of await findArchives(deps, session.record, session.access, input.archives)) {
      if (!isHeld(archive)) run.skip('release', `${archive} is not held`)
      else await run.step('release', () => renameAndRecord(deps, session, archive, releasedName(archive)))
    }
  })
}
