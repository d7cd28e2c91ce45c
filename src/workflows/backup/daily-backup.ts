// `backup daily`: create, prune, compact, copy off-site. A failed step ends the run, what came before it stays: the
// archive is safe in the repository before anything is removed from it, and all of it is done before it is copied. What is
// pruned can be brought back until the compact, and until then no more is pruned (model/compaction.ts). What an earlier run
// has done, that did not come to its end, is not done again (`resume.ts`). Behind an archive that is an upheaval nothing is
// done before that is accepted.

import type { Deps } from '../../deps.ts'
import { DAILY } from '../../model/resume.ts'
import type { RunReport } from '../../model/run.ts'
import { backingUp, type ConcludeDeps } from '../shared/conclude-backup.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import type { PushDeps } from '../shared/push-generation.ts'
import { type AcceptInput, passUpheaval } from '../shared/upheaval.ts'
import { settleChange } from './judgement.ts'
import { findDayDone } from './resume.ts'
import { type BackupDeps, compactWhenDue, copyOffSite, createArchive, pruneWhenDue } from './steps.ts'

export interface DailyInput extends ForEachInput, AcceptInput {
  /** Only go on with the last run, where it did not come to its end. */
  readonly resume?: boolean | undefined
}

export function dailyBackup(
  deps: BackupDeps & PushDeps & ConcludeDeps & Pick<Deps, 'stop'>,
  input: DailyInput,
): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, backingUp(deps, DAILY), async (run, session) => {
    // What was shown is what is accepted first; the new archive is measured by it.
    if (input.acceptChange) await passUpheaval(deps, run, session.record, DAILY, input)
    const done = await findDayDone(deps, run, session, input.resume ?? false)
    if (done === 'nothing') return
    const isDue = (step: string) => !done?.steps.includes(step)
    const archive = done?.archive ?? (await createArchive(deps, run, session))
    await settleChange(deps, run, session, DAILY, input)
    if (isDue('prune')) await pruneWhenDue(deps, run, session)
    if (isDue('compact')) await compactWhenDue(deps, run, session)
    if (isDue('off-site')) await copyOffSite(deps, run, session, archive)
  })
}
