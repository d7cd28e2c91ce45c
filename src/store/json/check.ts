// What is wrong with the files of the store, in words; changes nothing.

import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { StoreHealth } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoRecord } from '../../model/repo.ts'
import { indexesOf, type StoreDocument } from './document.ts'
import { backupOf, type Found, findStoreFile, quarantinedBeside } from './repositories-file.ts'

export async function checkStore(path: string): Promise<StoreHealth> {
  const main = await findStoreFile(path)
  const backup = await findStoreFile(backupOf(path))
  const everUsed = backup.kind !== 'absent' || (await quarantinedBeside(path)).length > 0
  const document = documentOf(main) ?? documentOf(backup)
  return {
    path,
    revision: document?.revision ?? 0,
    repos: Object.keys(document?.repos ?? {}).length,
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
  const records = Object.entries(repos).flatMap(([name, record]) => {
    const problem = problemOfRecord(name, record)
    return problem === undefined ? [] : [`the repo ${name}: ${problem}`]
  })
  const stale = isDeepStrictEqual(indexes, indexesOf(repos)) ? [] : ['the indexes do not agree with the records']
  return [...records, ...stale]
}

/** Why a stored value is not the record of the repo `name`; undefined where it is. */
export function problemOfRecord(name: string, value: unknown): string | undefined {
  try {
    const record = parseRepoRecord(value)
    return record.name === name ? undefined : `its record is that of ${record.name}`
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.reason ?? error.message
  }
}
