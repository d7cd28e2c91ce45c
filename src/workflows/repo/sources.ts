// `repo sources list | add | remove`: what is backed up into a repo. The next backup acts on it; archives keep what they
// hold, under the paths it had.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { refuse } from '../../model/validate.ts'
import { findRecord } from '../shared/find-record.ts'
import { requireSource } from '../shared/require-source.ts'
import { requireWritable } from '../shared/require-writable.ts'

type SourcesDeps = Pick<Deps, 'repos' | 'files' | 'sourceTrees'>

export interface ChangeSourcesInput extends RepoTarget {
  /** As typed: they may be relative to `workingDirectory`. */
  readonly sources: readonly string[]
  readonly workingDirectory: string
}

export interface RepoSources {
  readonly name: RepoName
  /** Absolute, in the order they were recorded. */
  readonly sources: readonly string[]
}

export interface ChangedSources extends RepoSources {
  /** Were not among them; empty where all were there already. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export async function listSources(deps: Pick<Deps, 'repos'>, target: RepoTarget): Promise<RepoSources> {
  const { name, sources } = await findRecord(deps, target)
  return { name, sources }
}

/** @throws AppError `source-missing`, `value-invalid`, `repo-read-only` */
export async function addSources(deps: SourcesDeps, input: ChangeSourcesInput): Promise<ChangedSources> {
  const record = await findRecord(deps, input)
  requireWritable(record)
  const wanted = absolute(deps, input)
  for (const source of wanted) await requireSource(deps, source, record.path)
  return await change(deps, record, (sources) => [...new Set([...sources, ...wanted])])
}

/** What is gone from the disk can be removed too. @throws AppError `value-invalid`, `usage-invalid`, `repo-read-only` */
export async function removeSources(deps: SourcesDeps, input: ChangeSourcesInput): Promise<ChangedSources> {
  const record = await findRecord(deps, input)
  requireWritable(record)
  const unwanted = absolute(deps, input)
  for (const source of unwanted) if (!record.sources.includes(source)) throw notASource(record, source)
  return await change(deps, record, (sources) => {
    const left = sources.filter((source) => !unwanted.includes(source))
    if (left.length === 0) throw nothingLeft(record)
    return left
  })
}

function absolute({ files }: Pick<Deps, 'files'>, { sources, workingDirectory }: ChangeSourcesInput): string[] {
  return sources.map((source) => files.resolve(workingDirectory, source))
}

/** `edit` is given what is recorded by then. */
async function change(
  deps: Pick<Deps, 'repos'>,
  { name }: RepoRecord,
  edit: (sources: readonly string[]) => readonly string[],
): Promise<ChangedSources> {
  let before: readonly string[] = []
  const { sources } = await deps.repos.update(name, (current) => {
    before = current.sources
    return { ...current, sources: edit(before) }
  })
  return {
    name,
    sources,
    added: sources.filter((source) => !before.includes(source)),
    removed: before.filter((source) => !sources.includes(source)),
  }
}

function notASource({ name, sources }: RepoRecord, source: string): never {
  const list = sources.length === 0 ? 'nothing' : sources.join(', ')
  refuse('source', source, `${name} does not back it up: it backs up ${list}`, 'name one of these, by its whole path')
}

function nothingLeft({ name }: RepoRecord): AppError {
  return new AppError('usage-invalid', `did not remove the last source of ${name}`, {
    reason: 'nothing would be left to back up',
    hint: `add another one first: borgboi repo sources add DIR --name ${name}`,
  })
}
