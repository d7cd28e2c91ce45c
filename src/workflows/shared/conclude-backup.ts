// What follows a run that was to make a backup, however it ended: the record says when that was and until when the next
// is promised, for other machines too; and whoever wants to know is told which promises broke or are kept again. None of
// it changes how the run ended.

import type { Deps } from '../../deps.ts'
import { toAppError } from '../../errors.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import type { Standing } from '../../model/standing.ts'
import type { Work } from './for-each-repo.ts'
import { type StandingDeps, standingOf, tellStanding } from './standing.ts'

export type ConcludeDeps = StandingDeps & Pick<Deps, 'repos'>

/** Work that makes a backup: with the person's hooks around it, and what follows behind it. */
export function backingUp(deps: ConcludeDeps, workflow: string): Work {
  return { workflow, writes: true, hooks: true, afterwards: (record, report) => concludeBackup(deps, record, report) }
}

/** Never throws. */
async function concludeBackup(
  deps: ConcludeDeps,
  { name }: Pick<RepoRecord, 'name'>,
  { startedAt: at, outcome, failure }: RunReport,
): Promise<void> {
  try {
    const record = await deps.repos.get(name)
    if (record === undefined || record.readOnly) return
    const status = await standingOf(deps, record, [])
    const lastRun = { at, outcome, ...optional('dueAt', dueAt(status.standing)) }
    await deps.repos.update(name, (current) => ({ ...current, lastRun }))
    await tellStanding(deps, status)
  } catch (error) {
    const { code, message, reason, hint } = toAppError(error)
    // The run failed for the same reason, and says so.
    if (code === failure?.code && reason === failure.reason) return
    const why = reason === undefined ? message : `${message} (${reason})`
    deps.events({
      type: 'notice',
      level: 'warning',
      message: `that ${name} was run could not be recorded for others: ${why}`,
      ...optional('hint', hint),
    })
  }
}

/** When the first of the promises breaks that only another backup keeps. */
function dueAt({ objectives }: Standing): string | undefined {
  const due = objectives.filter(({ objective }) => objective === 'rpo' || objective === 'offsite')
  return due.flatMap((objective) => objective.dueAt ?? []).toSorted()[0]
}
