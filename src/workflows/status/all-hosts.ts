// `status --all-hosts`: which machines that share a DynamoDB table have not told of a backup for longer than they had
// promised. Any machine can ask, also one that backs up nothing itself.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError, EXIT, type ExitCode } from '../../errors.ts'
import { judgeElsewhere, type SharedRepo, type StandingElsewhere } from '../../model/shared-repo.ts'
import { type Verdict, worst } from '../../model/standing.ts'
import { reposOfAllHosts } from '../shared/all-hosts.ts'

export interface StatusOfAllHosts {
  readonly repos: readonly (SharedRepo & StandingElsewhere)[]
  /** The worst of those that are known. */
  readonly verdict: Verdict
  readonly exitCode: ExitCode
}

/** @throws AppError `usage-invalid` also where nothing is shared, and what asking the table throws */
export async function showStatusOfAllHosts(
  deps: Pick<Deps, 'repos' | 'sharedRepos' | 'host' | 'clock'>,
  { name, path }: RepoTarget,
): Promise<StatusOfAllHosts> {
  if (name !== undefined || path !== undefined) {
    throw new AppError('usage-invalid', 'cannot tell which repos are meant', {
      reason: '--all-hosts was given together with --name or --path',
      hint: 'give one of them',
    })
  }
  const now = deps.clock.now()
  const repos = (await reposOfAllHosts(deps)).map((repo) => ({ ...repo, ...judgeElsewhere(repo, now) }))
  const verdict = worst(repos.flatMap(({ verdict: one }) => (one === 'unknown' ? [] : [one])))
  return { repos, verdict, exitCode: verdict === 'broken' ? EXIT.objective : EXIT.ok }
}
