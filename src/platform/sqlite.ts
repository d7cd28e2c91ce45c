// SQLite databases of other programs, through Node's own SQLite, which is loaded by those alone who use it. Errors of
// SQLite become AppErrors here; none of them quotes what is in a database.

import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { AppError, toAppError } from '../errors.ts'
import { statIfAny, systemCode, toFileError } from './files.ts'

export type Row = Readonly<Record<string, unknown>>

/** How long another process may keep a database locked. */
const BUSY_MS = 3000
/** Source: SQLite, "Result and Error Codes". */
const SQLITE_BUSY = 5

/** The rows of a query, undefined where there is no file. @throws AppError `file-unusable`, `file-denied` */
export async function readRows(path: string, sql: string): Promise<Row[] | undefined> {
  if ((await statIfAny(path)) === undefined) return undefined
  // Without a log of its own nobody writes to it: SQLite then needs no files beside it, which would stay behind.
  const logs = await Promise.all([statIfAny(`${path}-wal`), statIfAny(`${path}-journal`)])
  const isAtRest = logs.every((log) => (log?.size ?? 0) === 0)
  const url = pathToFileURL(path)
  if (isAtRest) url.searchParams.set('immutable', '1')
  return await using(path, 'read', url, { readOnly: true }, (database) => database.prepare(sql).all())
}

/**
 * Changes rows so that what was there is in no part of the file any more: freed pages are overwritten, and the log is
 * emptied where nobody else has the database open. How many rows changed. @throws AppError `file-unusable`
 */
export async function eraseInRows(path: string, sql: string, values: readonly (string | null)[]): Promise<number> {
  return await using(path, 'write', path, { timeout: BUSY_MS }, (database) => {
    database.exec('PRAGMA secure_delete = ON')
    const { changes } = database.prepare(sql).run(...values)
    database.exec('VACUUM')
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    return Number(changes)
  })
}

async function using<T>(
  path: string,
  attempt: string,
  location: string | URL,
  options: { readonly readOnly?: boolean; readonly timeout?: number },
  act: (database: DatabaseSync) => T,
): Promise<T> {
  const { DatabaseSync } = await import('node:sqlite')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(location, options)
    return act(database)
  } catch (error) {
    if (systemCode(error) !== 'ERR_SQLITE_ERROR') throw toFileError(error, attempt, path)
    const isBusy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
    throw new AppError('file-unusable', `cannot ${attempt} the database ${path}`, {
      reason: isBusy ? 'another program has it locked' : toAppError(error).reason,
      hint: isBusy
        ? 'close that program, then run the same command again'
        : `look at it with: sqlite3 ${path} 'pragma integrity_check'`,
      cause: error,
    })
  } finally {
    database?.close()
  }
}
