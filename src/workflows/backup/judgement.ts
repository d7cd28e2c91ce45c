// Whether a new archive is an upheaval. On an ordinary day the figures that Borg gave with it are enough, and nothing is read
// or started; only a repo that is in upheaval already has Borg compare, because figures do not tell a change that was
// taken back from one that nobody noticed.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { ordinaryArchives } from '../../model/ordinary-archives.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { changeBetween, isLarge, isOutOfOrdinary, type Upheaval, worstOf } from '../../model/upheaval.ts'
import { numberOf } from '../../model/words.ts'
import type { RepoSession } from '../shared/for-each-repo.ts'
import type { Run } from '../shared/run.ts'
import { type AcceptInput, maxChangeOf, passUpheaval } from '../shared/upheaval.ts'

type JudgeDeps = Pick<Deps, 'repos' | 'runs' | 'clock'>
type SettleDeps = Pick<Deps, 'repos' | 'config' | 'borg'>
type Made = NonNullable<RepoRecord['lastBackup']>

/** Runs that tell what is usual: as many as the history keeps by default. They are read on suspicion only. */
const RUNS_READ = 1000

/** What the record has to say from when `made` is its newest archive. */
export async function judgeArchive(
  deps: JudgeDeps,
  { record: opened, config }: Pick<RepoSession, 'record' | 'config'>,
  made: Made,
): Promise<Upheaval | undefined> {
  const maxShare = maxChangeOf(config, opened)
  if (maxShare === 0) return undefined
  const { name, sources, upheaval, lastBackup } = (await deps.repos.get(opened.name)) ?? opened
  if (upheaval !== undefined) {
    const change = changeBetween(upheaval.since, made)
    return isLarge(change, upheaval.since, maxShare) ? { ...upheaval, ...worstOf(upheaval, change) } : upheaval
  }
  if (lastBackup !== undefined && !isLarge(changeBetween(lastBackup, made), lastBackup, maxShare)) return undefined
  const known = ordinaryArchives(await reportsOf(deps, name), sources, deps.clock.now())
  const earlier = known.filter(({ archive }) => archive !== made.archive)
  const since = lastBackup ?? earlier.at(-1)
  if (since === undefined) return undefined
  const change = changeBetween(since, made)
  if (!isOutOfOrdinary(change, since, maxShare, earlier)) return undefined
  const { archive, files, originalBytes } = since
  return { archive: made.archive, at: made.at, since: { archive, files, originalBytes }, ...change }
}

/** Goes on where the newest archive is no upheaval, is much as the last ordinary one again, or is accepted. */
export async function settleChange(
  deps: SettleDeps,
  run: Run,
  session: RepoSession,
  workflow: string,
  input: AcceptInput,
): Promise<void> {
  if (!input.acceptChange) await compareAgain(deps, run, session)
  await passUpheaval(deps, run, session.record, workflow, input)
}

async function compareAgain(deps: SettleDeps, run: Run, { record, access, config }: RepoSession): Promise<void> {
  const { name, upheaval, lastBackup: made } = (await deps.repos.get(record.name)) ?? record
  const maxShare = maxChangeOf(config, record)
  if (upheaval === undefined || made === undefined || upheaval.archive === made.archive) return
  const { since } = upheaval
  if (isLarge(changeBetween(since, made), since, maxShare)) return
  await run.step('compare', async ({ onProgress }) => {
    let [files, bytes] = [0, 0]
    try {
      const options = { before: since.archive, after: made.archive, paths: [], contentOnly: true }
      for await (const { kind, removedBytes = 0 } of deps.borg.diff(access, options, {})) {
        if (kind !== 'removed' && kind !== 'modified') continue
        files++
        bytes += removedBytes
        onProgress({ files })
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'archive-unknown') throw error
      return { value: undefined, detail: `${since.archive} is not there any more to compare with` }
    }
    const differ = `${numberOf(files, 'file differs', 'files differ')} from ${since.archive}`
    if (files > since.files * maxShare || bytes > since.originalBytes * maxShare) {
      return { value: undefined, detail: `still ${differ}` }
    }
    await deps.repos.update(name, ({ upheaval: _, ...current }) => current)
    return { value: undefined, detail: `much as before again: ${differ}` }
  })
}

/** A history that nobody can read tells of nothing usual, and stops no backup. */
async function reportsOf({ runs }: JudgeDeps, name: string): Promise<readonly RunReport[]> {
  try {
    return await runs.list(name, RUNS_READ)
  } catch {
    return []
  }
}
