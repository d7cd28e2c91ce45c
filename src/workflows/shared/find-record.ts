// From what a person typed to the record it means. Nobody else resolves names, paths or --all.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoName, type RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'

/** One repo, or every one. */
export interface RepoSelection extends RepoTarget {
  readonly all?: boolean | undefined
  /** Of all, only these. */
  readonly among?: readonly RepoName[] | undefined
}

/** @throws AppError `usage-invalid`, `repo-unknown` */
export async function findRecord(deps: Pick<Deps, 'repos'>, target: RepoTarget): Promise<RepoRecord> {
  const { name, path } = target
  if (name !== undefined && path !== undefined) {
    throw new AppError('usage-invalid', 'cannot tell which repo is meant', {
      reason: 'both --name and --path were given',
      hint: 'give one of them',
    })
  }
  if (name === undefined && path === undefined) return await onlyRecord(deps)
  const record = name === undefined ? await deps.repos.getByPath(path ?? '') : await deps.repos.get(parseRepoName(name))
  if (record) return record
  throw new AppError('repo-unknown', `there is no repo ${name === undefined ? `at ${path}` : `named ${name}`}`, {
    reason: await namesInWords(deps),
    hint: 'set one up with borgboi repo create, or record an existing one with borgboi repo import',
  })
}

/** @throws AppError `usage-invalid` for --all together with one repo, `repo-unknown` when there is none */
export async function findRecords(deps: Pick<Deps, 'repos'>, selection: RepoSelection): Promise<readonly RepoRecord[]> {
  if (!selection.all) return [await findRecord(deps, selection)]
  if (selection.name !== undefined || selection.path !== undefined) {
    throw new AppError('usage-invalid', 'cannot tell which repos are meant', {
      reason: '--all was given together with --name or --path',
      hint: 'give one of them',
    })
  }
  const records = await deps.repos.list()
  if (records.length === 0) throw noRepos()
  const { among } = selection
  return among === undefined ? records : records.filter((record) => among.includes(record.name))
}

async function onlyRecord(deps: Pick<Deps, 'repos'>): Promise<RepoRecord> {
  const records = await deps.repos.list()
  const [only] = records
  if (only === undefined) throw noRepos()
  if (records.length === 1) return only
  throw new AppError('usage-invalid', 'cannot tell which repo is meant', {
    reason: await namesInWords(deps),
    hint: 'name one with --name',
  })
}

function noRepos(): AppError {
  return new AppError('repo-unknown', 'there is no repo yet', {
    reason: 'none has been recorded in this home',
    hint: 'set one up with: borgboi repo create --name NAME --path PATH --source DIR',
  })
}

const NAMES_SHOWN = 8

async function namesInWords(deps: Pick<Deps, 'repos'>): Promise<string> {
  const names = (await deps.repos.list()).map((record) => record.name)
  if (names.length === 0) return 'none is recorded in this home'
  const more = names.length - NAMES_SHOWN
  return `recorded: ${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
