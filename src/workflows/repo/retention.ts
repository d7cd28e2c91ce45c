// `repo retention show | set | clear`: the policy of one repo, which stands above the configuration's. Only the next
// prune acts on it.

import type { Deps, RepoTarget } from '../../deps.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { parseRetentionText, type RetentionPolicy } from '../../model/retention.ts'
import { findRecord } from '../shared/find-record.ts'
import { requireWritable } from '../shared/require-writable.ts'

type RetentionDeps = Pick<Deps, 'repos' | 'config'>

export interface RepoRetention {
  readonly name: RepoName
  /** What prune goes by. */
  readonly retention: RetentionPolicy
  readonly origin: 'repo' | 'configuration'
  /** What holds for repos without a policy of their own. */
  readonly configured: RetentionPolicy
}

export async function showRetention(deps: RetentionDeps, target: RepoTarget): Promise<RepoRetention> {
  return await inForce(deps, await findRecord(deps, target))
}

/** @throws AppError `value-invalid`, `repo-read-only` */
export async function setRetention(
  deps: RetentionDeps,
  { policy, ...target }: RepoTarget & { readonly policy: string },
): Promise<RepoRetention> {
  const retention = parseRetentionText(policy)
  const record = await findRecord(deps, target)
  requireWritable(record)
  return await inForce(deps, await deps.repos.update(record.name, (current) => ({ ...current, retention })))
}

export async function clearRetention(deps: RetentionDeps, target: RepoTarget): Promise<RepoRetention> {
  const { name } = await findRecord(deps, target)
  return await inForce(deps, await deps.repos.update(name, ({ retention: _before, ...rest }) => rest))
}

async function inForce(deps: RetentionDeps, { name, retention }: RepoRecord): Promise<RepoRetention> {
  const { borg } = await deps.config.load()
  const origin = retention === undefined ? 'configuration' : 'repo'
  return { name, retention: retention ?? borg.retention, origin, configured: borg.retention }
}
