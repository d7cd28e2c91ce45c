// `status`: how every repo stands to what was promised of it, on one screen. Asks neither Borg nor the network.

import type { Deps, RepoTarget } from '../../deps.ts'
import { EXIT, type ExitCode } from '../../errors.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { type Verdict, worst } from '../../model/standing.ts'
import { findRecords } from '../shared/find-record.ts'
import { settingsOf } from '../shared/open-vault.ts'
import { type RepoStatus, type StandingDeps, standingOf, tellStanding } from '../shared/standing.ts'

/** Where a repo is copied to, as it was last seen. */
export interface VaultStatus {
  readonly name: string
  /** A person has said that nobody else writes there. */
  readonly singleWriter: boolean
  /** It lets one writer replace what another one has just written. Absent where it was never tried as it is set up now. */
  readonly degraded?: boolean
}

export interface ShownRepo extends RepoStatus {
  /** Absent where it is copied to none, or to one that is not in the configuration any more. */
  readonly vault?: VaultStatus
}

export interface Status {
  readonly repos: readonly ShownRepo[]
  /** The worst of them. */
  readonly verdict: Verdict
  readonly exitCode: ExitCode
}

/** Without a name and a path, of all repos. @throws AppError `repo-unknown` where there is none: nothing is backed up */
export async function showStatus(
  deps: StandingDeps & Pick<Deps, 'repos' | 'scheduler' | 'vaults'>,
  target: RepoTarget,
): Promise<Status> {
  const all = target.name === undefined && target.path === undefined
  const [records, schedules] = await Promise.all([findRecords(deps, { ...target, all }), installed(deps)])
  const repos = await Promise.all(
    records.map(async (record) => ({
      ...(await standingOf(deps, record, schedules)),
      ...optional('vault', await vaultOf(deps, record)),
    })),
  )
  for (const repo of repos) await tellStanding(deps, repo)
  const verdict = worst(repos.map(({ standing }) => standing.verdict))
  return { repos, verdict, exitCode: verdict === 'broken' ? EXIT.objective : EXIT.ok }
}

async function vaultOf(
  { config, vaults }: Pick<Deps, 'config' | 'vaults'>,
  { vault: name }: RepoRecord,
): Promise<VaultStatus | undefined> {
  const loaded = await config.load()
  const found = name === undefined ? undefined : loaded.vaults[name]
  if (name === undefined || found === undefined) return undefined
  const probe = await vaults.lastProbe(settingsOf(loaded, found))
  return { name, singleWriter: found.single_writer, ...optional('degraded', probe && !probe.conditionalWrites) }
}

async function installed({ scheduler }: Pick<Deps, 'scheduler'>) {
  try {
    return await scheduler.list()
  } catch {
    // What starts runs is only one of the facts; borgboi schedule status tells what is wrong with it.
    return []
  }
}
