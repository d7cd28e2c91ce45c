// When a daily run goes on with an earlier one that did not come to its end, instead of beginning anew.

import type { Continuation, RunReport } from './run.ts'

/** The workflow that can be gone on with, and its step that makes the archive. */
export const DAILY = 'backup daily'
export const CREATE = 'create archive'

/** What has to be done once a day; hooks and what tells of runs are for each run. */
const STEPS_OF_DAY = [CREATE, 'prune', 'compact', 'off-site']

/** An earlier daily run, as far as it came. */
export interface UnfinishedDay extends Continuation {
  /** False where it was cut off while Borg made the archive: it may be there all the same. */
  readonly made: boolean
  readonly sources: readonly string[] | undefined
}

/** How the newest daily run ended: well, before it had made anything, or on the way. */
export type LatestDay = 'none' | 'ended' | 'nothing made' | UnfinishedDay

/** Older than this, a new archive is worth more than an old one completed: a day's run never ends the day before's. */
const RECENT_MS = 12 * 3_600_000

/** Of the reports of a repo, newest first: the newest daily run that began anything. */
export function latestDay(reports: readonly RunReport[]): LatestDay {
  const latest = reports.find(
    ({ workflow, steps, outcome }) => workflow === DAILY && steps.length > 0 && outcome !== 'skipped',
  )
  if (latest === undefined) return 'none'
  if (latest.outcome !== 'failed' && latest.outcome !== 'interrupted') return 'ended'
  const { continues, sources, id, startedAt } = latest
  const finished = latest.steps.filter(isFinished).map(({ name }) => name)
  if (continues) return { ...continues, made: true, steps: [...continues.steps, ...finished], sources }
  const create = latest.steps.find(({ name }) => name === CREATE)
  if (create?.detail === undefined) return 'nothing made'
  return { run: id, archive: create.detail, made: isFinished(create), since: startedAt, steps: finished, sources }
}

/** Without being asked to, a run goes on only with what is recent and was of the same directories. */
export function isRecent(day: UnfinishedDay, sources: readonly string[], now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(day.since)
  return ageMs >= 0 && ageMs < RECENT_MS && JSON.stringify(day.sources) === JSON.stringify(sources)
}

function isFinished({ name, outcome }: RunReport['steps'][number]): boolean {
  return STEPS_OF_DAY.includes(name) && (outcome === 'ok' || outcome === 'warnings')
}
