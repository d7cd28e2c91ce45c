// `repo objectives show | set | clear`: what is promised of one repo. Each stands above the configuration's; setting some
// leaves the others as they are.

import type { Deps, RepoTarget } from '../../deps.ts'
import type { RepoName } from '../../model/names.ts'
import { inForce, type Objectives, type OwnObjectives, parseObjectivesText } from '../../model/objectives.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { findRecord } from '../shared/find-record.ts'
import { requireWritable } from '../shared/require-writable.ts'

type ObjectivesDeps = Pick<Deps, 'repos' | 'config'>

export interface RepoObjectives {
  readonly name: RepoName
  /** What `status` judges by. */
  readonly objectives: Objectives
  /** What is set for this repo; empty where all is as configured. */
  readonly own: OwnObjectives
  /** What holds for repos that have none of their own. */
  readonly configured: Objectives
}

export async function showObjectives(deps: ObjectivesDeps, target: RepoTarget): Promise<RepoObjectives> {
  return await toShown(deps, await findRecord(deps, target))
}

/** @throws AppError `value-invalid`, `repo-read-only` */
export async function setObjectives(
  deps: ObjectivesDeps,
  { objectives: text, ...target }: RepoTarget & { readonly objectives: string },
): Promise<RepoObjectives> {
  const set = parseObjectivesText(text)
  const record = await findRecord(deps, target)
  requireWritable(record)
  const change = (current: RepoRecord) => ({ ...current, objectives: { ...current.objectives, ...set } })
  return await toShown(deps, await deps.repos.update(record.name, change))
}

export async function clearObjectives(deps: ObjectivesDeps, target: RepoTarget): Promise<RepoObjectives> {
  const { name } = await findRecord(deps, target)
  return await toShown(deps, await deps.repos.update(name, ({ objectives: _before, ...rest }) => rest))
}

async function toShown(deps: ObjectivesDeps, { name, objectives: own = {} }: RepoRecord): Promise<RepoObjectives> {
  const { objectives: configured } = await deps.config.load()
  return { name, objectives: inForce(configured, own), own, configured }
}
