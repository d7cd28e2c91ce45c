// Whose exclusions a command is about, and how their files are named to people.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { findRecord } from '../shared/find-record.ts'

export type ExclusionDeps = Pick<Deps, 'exclusions' | 'repos'>

/** One repo, or what all repos share. */
export interface ExclusionTarget extends RepoTarget {
  readonly shared?: boolean | undefined
}

export type ExclusionScope = RepoName | 'shared'

/** @throws AppError `usage-invalid`, `repo-unknown` */
export async function findScope(deps: Pick<Deps, 'repos'>, target: ExclusionTarget): Promise<ExclusionScope> {
  if (!target.shared) return (await findRecord(deps, target)).name
  if (target.name === undefined && target.path === undefined) return 'shared'
  throw new AppError('usage-invalid', 'cannot tell which exclusions are meant', {
    reason: '--shared was given together with --name or --path',
    hint: 'give one of them',
  })
}

/** The options that name a scope, for hints. */
export function scopeOption(scope: ExclusionScope): string {
  return scope === 'shared' ? '--shared' : `--name ${scope}`
}

/** The text with one more line, ended as its other lines are. */
export function withLine(text: string, line: string): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  return `${text === '' || /[\r\n]$/.test(text) ? text : text + end}${line}${end}`
}
