// Going on with a daily run that did not come to its end. Asked for, it always does; by itself only where the run is
// recent and nothing in its sources changed since it began, because then a new archive would hold nothing else.
// An archive that Borg finished after borgboi was cut off is found by its name, and recorded.

import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { ArchiveDetails } from '../../model/archive.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { CREATE, isRecent, latestDay, type UnfinishedDay } from '../../model/resume.ts'
import { formatMinute } from '../../model/words.ts'
import type { RepoSession } from '../shared/for-each-repo.ts'
import type { Run } from '../shared/run.ts'
import { type BackupDeps, recordBackup } from './steps.ts'

type ResumeDeps = BackupDeps & Pick<Deps, 'runs' | 'stop'>

/** What is done already: the archive, and the names of the steps. */
export interface DayDone {
  readonly archive: string
  readonly steps: readonly string[]
}

/** How far back the newest daily run is looked for: other runs come in between. */
const RUNS_READ = 50
/** Clocks of file systems elsewhere differ a little. */
const CLOCK_SLACK_MS = 120_000

/** `nothing`: it was asked for, and there is no run to go on with. Undefined: to begin anew. */
export async function findDayDone(
  deps: ResumeDeps,
  run: Run,
  session: RepoSession,
  asked: boolean,
): Promise<DayDone | 'nothing' | undefined> {
  const day = latestDay(await deps.runs.list(session.record.name, RUNS_READ))
  if (asked && (day === 'none' || day === 'ended')) {
    run.skip('resume', day === 'none' ? 'there was no daily run yet' : 'the last daily run came to its end')
    return 'nothing'
  }
  if (typeof day === 'string') return undefined
  if (!asked && !isRecent(day, session.record.sources, deps.clock.now())) return undefined
  const done = await run.step('resume', async (handlers) => {
    const changed = asked ? undefined : await firstChange(deps, session, day, handlers)
    if (changed !== undefined) return { value: undefined, detail: `${changed} has changed: all is done anew` }
    const archive = await archiveOf(deps, session, day)
    if (archive === undefined) return { value: undefined, detail: `${day.archive} was not finished: all is done anew` }
    const steps = [...new Set([CREATE, ...day.steps])]
    return {
      value: { archive, steps },
      detail: `going on with the run of ${formatMinute(new Date(day.since))}, done: ${steps.join(', ')}`,
    }
  })
  if (done) run.goesOnWith({ run: day.run, since: day.since, ...done })
  return done
}

async function firstChange(
  deps: ResumeDeps,
  { record, config }: RepoSession,
  { since }: UnfinishedDay,
  { onProgress }: Required<StepHandlers>,
): Promise<string | undefined> {
  const exclusions = [deps.exclusions.path('shared'), deps.exclusions.path(record.name)]
  const present: string[] = []
  for (const path of exclusions) if ((await deps.files.kind(path)) !== undefined) present.push(path)
  return await deps.files.changedSince([...present, ...record.sources], new Date(Date.parse(since) - CLOCK_SLACK_MS), {
    oneFileSystem: config.borg.one_file_system,
    onEntries: (files) => onProgress({ files }),
    stop: deps.stop,
  })
}

/** The archive that the rest of the day is about: the run's own, or a newer one. Undefined where there is none. */
async function archiveOf(
  deps: ResumeDeps,
  session: RepoSession,
  { archive, since }: UnfinishedDay,
): Promise<string | undefined> {
  const { record, access } = session
  const lastBackup = ((await deps.repos.get(record.name)) ?? record).lastBackup
  if (lastBackup !== undefined && (lastBackup.archive === archive || lastBackup.at >= since)) return lastBackup.archive
  const found = await detailsIfAny(deps, access, archive)
  if (found === undefined) return undefined
  await recordBackup(deps, session, toLastBackup(found))
  return archive
}

async function detailsIfAny(
  deps: ResumeDeps,
  access: RepositoryAccess,
  archive: string,
): Promise<ArchiveDetails | undefined> {
  try {
    return await deps.borg.archiveDetails(access, archive)
  } catch (error) {
    if (error instanceof AppError && error.code === 'archive-unknown') return undefined
    throw error
  }
}

function toLastBackup({ name, id, startedAt, ...stats }: ArchiveDetails): NonNullable<RepoRecord['lastBackup']> {
  const { files, originalBytes, compressedBytes, deduplicatedBytes } = stats
  const at = startedAt.toISOString()
  return { archive: name, archiveId: id, at, files, originalBytes, compressedBytes, deduplicatedBytes }
}
