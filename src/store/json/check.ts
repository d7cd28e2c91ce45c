// What is wrong with the files of the store, in words; changes nothing.

import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { StoreHealth } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoRecord } from '../../model/repo.ts'
import { indexesOf, type StoreDocument } from './document.ts'
import { backupOf, type Found, findStoreFile, quarantinedBeside } from './repositories-file.ts'

export async function checkStore(path: string): Promise<StoreHealth> {
  const main = findStoreFile(path)
  const backup = findStoreFile(backupOf(path))
  const everUsed = backup.kind !== 'absent' || (await quarantinedBeside(path)).length > 0
  const document = documentOf(main) ?? documentOf(backup)
  return {
    path,
    revision: document?.revision ?? 0,
    repos: document?.repos.length ?? 0,
    waiting: 0,
    problems: [
      ...(main.kind === 'absent' && everUsed ? [`${basename(path)}: it is missing`] : []),
      ...problemsOfFile(main),
      ...problemsOfFile(backup),
      ...(document ? problemsOfRecords(document) : []),
    ],
  }
}

function documentOf(found: Found): StoreDocument | undefined {
  return found.kind === 'good' ? found.document : undefined
}

function problemsOfFile(found: Found): string[] {
  if (found.kind === 'damaged') return [`${basename(found.path)}: ${found.reason}`]
  if (found.kind === 'newer') return [`${basename(found.path)}: it has format ${found.format}, of a newer borgboi`]
  return []
}

function problemsOfRecords({ repos, indexes }: StoreDocument): string[] {
  const broken = repos.flatMap((record, place) => {
    const problem = problemOfRecord(record)
    return problem === undefined ? [] : [`the repo ${nameIn(record) ?? `number ${place + 1}`}: ${problem}`]
  })
  const ordered = repos.every((record, place) => place === 0 || (repos[place - 1]?.name ?? '') < record.name)
  return [
    ...broken,
    ...(ordered ? [] : ['the records are not in the order of their names']),
    ...(isDeepStrictEqual(indexes, indexesOf(repos)) ? [] : ['the indexes do not agree with the records']),
  ]
}

/** Why a stored value is no record of a repo; undefined where it is one. */
export function problemOfRecord(value: unknown): string | undefined {
  try {
    parseRepoRecord(value)
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.reason ?? error.message
  }
}

/** The name a stored value claims to have, checked or not. */
export function nameIn(value: unknown): string | undefined {
  const claimed = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined
  return typeof claimed === 'string' ? claimed : undefined
}
