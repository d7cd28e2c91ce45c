// `status`: how every repo stands to what was promised of it, on one screen. Asks neither Borg nor the network.

import type { Deps, RepoTarget } from '../../deps.ts'
import { EXIT, type ExitCode } from '../../errors.ts'
import { type Verdict, worst } from '../../model/standing.ts'
import { findRecords } from '../shared/find-record.ts'
import { type RepoStatus, type StandingDeps, standingOf, tellStanding } from '../shared/standing.ts'

export interface Status {
  readonly repos: readonly RepoStatus[]
  /** The worst of them. */
  readonly verdict: Verdict
  readonly exitCode: ExitCode
}

/** Without a name and a path, of all repos. @throws AppError `repo-unknown` where there is none: nothing is backed up */
export async function showStatus(
  deps: StandingDeps & Pick<Deps, 'repos' | 'scheduler'>,
  target: RepoTarget,
): Promise<Status> {
  const all = target.name === undefined && target.path === undefined
  const [records, schedules] = await Promise.all([findRecords(deps, { ...target, all }), installed(deps)])
  const repos = await Promise.all(records.map((record) => standingOf(deps, record, schedules)))
  for (const repo of repos) await tellStanding(deps, repo)
  const verdict = worst(repos.map(({ standing }) => standing.verdict))
  return { repos, verdict, exitCode: verdict === 'broken' ? EXIT.objective : EXIT.ok }
}

async function installed({ scheduler }: Pick<Deps, 'scheduler'>) {
  try {
    return await scheduler.list()
  } catch {
    // What starts runs is only one of the facts; borgboi schedule status tells what is wrong with it.
    return []
  }
}
