// `repo rename`: another name for a repo. Its files of the home (passphrases, exclusions, run history, evidence) and what the
// configuration says of it get the new name besides the old one; then the record changes, by which all of it holds; then
// the old names go. Cut off in between, the repo works under the name that is recorded, and the same command run again
// finishes it. Archives go on being named as they were: with names of two kinds, prune would keep twice as many.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { NamedFiles } from '../../model/named-files.ts'
import { archiveGlob, parseRepoName, type RepoName } from '../../model/names.ts'
import { archivesNamedAfter, type RepoRecord } from '../../model/repo.ts'
import { refuse } from '../../model/validate.ts'
import { findRecord } from '../shared/find-record.ts'
import { forgetCopy } from '../shared/open-repository.ts'

type RenameDeps = Pick<
  Deps,
  'repos' | 'config' | 'jobs' | 'passphrases' | 'exclusions' | 'runs' | 'evidence' | 'borg' | 'files' | 'scheduler'
>

export interface RenameRepoInput {
  readonly name: string
  readonly newName: string
}

export interface RenamedRepo {
  readonly formerName: RepoName
  readonly record: RepoRecord
  /** What its archives are named after, those to come too. */
  readonly archivesNamedAfter: RepoName
  /** Files of schedules that start it by the former name still. */
  readonly schedules: readonly string[]
}

/** @throws AppError `value-invalid`, `repo-unknown`, `repo-exists`, `file-unusable`; the name is as it was then */
export async function renameRepo(deps: RenameDeps, input: RenameRepoInput): Promise<RenamedRepo> {
  const [from, to] = [parseRepoName(input.name), parseRepoName(input.newName)]
  if (from === to) refuse('new name', to, 'the repo is called that already', 'take another name')
  const { borg } = await deps.config.load()
  await using _from = await deps.jobs.acquire(from, 'repo rename', borg.lock_wait)
  // Where file names are the same but for case, so are the locks.
  const isOther = from.toLowerCase() !== to.toLowerCase()
  await using _to = isOther ? await deps.jobs.acquire(to, 'repo rename', borg.lock_wait) : undefined
  const schedules = (await deps.scheduler.list()).filter(({ schedule }) => schedule.repo === from)
  const record = (await finishEarlier(deps, from, to)) ?? (await rename(deps, from, to))
  const files = schedules.flatMap(({ files }) => files)
  return { formerName: from, record, archivesNamedAfter: archivesNamedAfter(record), schedules: files }
}

async function rename(deps: RenameDeps, from: RepoName, to: RepoName): Promise<RepoRecord> {
  await findRecord(deps, { name: from })
  const namesake = await deps.repos.get(to)
  if (namesake !== undefined) {
    throw new AppError('repo-exists', `cannot call ${from} ${to}`, {
      reason: `another repo, at ${namesake.path}, is called that already`,
      hint: 'take another name',
    })
  }
  const record = await shareAll(deps, from, to, () => deps.repos.update(from, (current) => called(to, current)))
  await leave(deps, from, to)
  return record
}

/** The record of one that was renamed before, and the last of its old name removed; undefined where nothing of it is left. */
async function finishEarlier(deps: RenameDeps, from: RepoName, to: RepoName): Promise<RepoRecord | undefined> {
  const renamed = await deps.repos.get(to)
  if (renamed === undefined || (await deps.repos.get(from)) !== undefined) return undefined
  return (await leave(deps, from, to)) > 0 ? renamed : undefined
}

/** What fails takes the new names back. */
async function shareAll<T>(deps: RenameDeps, from: RepoName, to: RepoName, act: () => Promise<T>): Promise<T> {
  try {
    for (const files of keepersOf(deps)) await files.share(from, to)
    return await act()
  } catch (error) {
    if ((await deps.repos.get(to)) === undefined) for (const files of keepersOf(deps)) await files.unshare(to, from)
    throw error
  }
}

async function leave(deps: RenameDeps, from: RepoName, to: RepoName): Promise<number> {
  let left = 0
  for (const files of keepersOf(deps)) left += await files.unshare(from, to)
  // Of one that may only be read; Borg makes it anew.
  await forgetCopy(deps, from)
  return left
}

/** Whoever keeps files of the home under the name of a repo. */
function keepersOf({ passphrases, exclusions, runs, evidence, config }: RenameDeps): readonly NamedFiles[] {
  return [passphrases, exclusions, runs, evidence, config]
}

function called(name: RepoName, { archiveGlob: glob, ...record }: RepoRecord): RepoRecord {
  const own = glob ?? archiveGlob(record.name)
  return own === archiveGlob(name) ? { ...record, name } : { ...record, name, archiveGlob: own }
}
