// `history` and `history show`: what ran, the newest first, and one of them. A run that was cut off shows as such, also
// before the next run on its repo has made a report of it.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoName } from '../../model/names.ts'
import { type RunReport, type RunUnderWay, toCutOff } from '../../model/run.ts'
import { findRecord } from '../shared/find-record.ts'

type HistoryDeps = Pick<Deps, 'runs' | 'repos' | 'jobs'>

export interface ListRunsInput extends RepoTarget {
  readonly limit: number
}

export type ListedRun = RunReport | (RunUnderWay & { readonly outcome: 'running' })

/** Without a name and a path, of all repos. @throws AppError `usage-invalid`, `repo-unknown` */
export async function listRuns(deps: HistoryDeps, { limit, ...target }: ListRunsInput): Promise<readonly ListedRun[]> {
  const repo = await repoOf(deps, target)
  const [reports, noted] = await Promise.all([deps.runs.list(repo, limit), deps.runs.underWay(repo)])
  const open = await Promise.all(noted.map((run) => asListed(deps, run)))
  return [...open, ...reports].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, limit)
}

export interface ShowRunInput extends RepoTarget {
  /** As `history` shows it, or `latest`. */
  readonly run: string
}

/** Fewer characters fit too many. */
const ID = /^[0-9a-z]{4,26}$/i

/** @throws AppError `run-unknown`, `usage-invalid` where several are meant */
export async function showRun(deps: HistoryDeps, { run, ...target }: ShowRunInput): Promise<ListedRun> {
  if (run === 'latest') {
    const [latest] = await listRuns(deps, { ...target, limit: 1 })
    return latest ?? unknown('the latest run')
  }
  const runs = ID.test(run) ? await runsOf(deps, run) : []
  const [found] = runs
  if (found === undefined) return unknown(`a run ${run}`)
  if (runs.length === 1) return found
  throw new AppError('usage-invalid', `cannot tell which run ${run} is`, {
    reason: `it could be ${runs.map(({ id }) => id).join(', ')}`,
    hint: 'give more of its id',
  })
}

async function runsOf(deps: HistoryDeps, id: string): Promise<readonly ListedRun[]> {
  const wanted = id.toUpperCase()
  const noted = (await deps.runs.underWay(undefined)).filter(
    (run) => run.id.startsWith(wanted) || run.id.endsWith(wanted),
  )
  const open = await Promise.all(noted.map((run) => asListed(deps, run)))
  return [...open, ...(await deps.runs.find(id))]
}

function unknown(what: string): never {
  throw new AppError('run-unknown', `cannot show ${what}`, {
    reason: 'the history does not have it, or no longer',
    hint: 'see what it has with: borgboi history',
  })
}

/** A note is of the run that holds the repo's lock, or of one that is over. */
async function asListed(deps: HistoryDeps, run: RunUnderWay): Promise<ListedRun> {
  return (await deps.jobs.isHeld(run.repo)) ? { ...run, outcome: 'running' } : toCutOff(run)
}

/** The history of a repo stays when its record goes. */
async function repoOf(deps: HistoryDeps, target: RepoTarget): Promise<string | undefined> {
  const { name, path } = target
  if (name === undefined && path === undefined) return undefined
  if (name !== undefined && path === undefined && (await deps.runs.list(parseRepoName(name), 1)).length > 0) return name
  return (await findRecord(deps, target)).name
}
