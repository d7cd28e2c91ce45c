// The SQLite database of BorgBoi 1.x: one row per repo in the table `repositories`.

import { AppError } from '../errors.ts'
import type { EarlierPlace, EarlierRepo } from '../model/earlier-repo.ts'
import type { Finding } from '../model/finding.ts'
import type { Secret } from '../model/secret.ts'
import { readTextIfAny } from '../platform/files.ts'
import { eraseInRows, readRows } from '../platform/sqlite.ts'
import { parseRecord } from './parse-record.ts'
import { readOrTell } from './unreadable.ts'

export async function readDatabase(file: string, problems: Finding[]): Promise<EarlierRepo[]> {
  // Every column there is: older databases have fewer.
  const rows = await readOrTell(file, problems, () => readRows(file, 'SELECT * FROM repositories ORDER BY name'))
  return (rows ?? []).flatMap((row) => parseRecord(row, file, problems))
}

/** What was deleted or replaced before may still be in the file: the whole of it is searched at the end. */
export async function blankInDatabase({ file, name }: EarlierPlace, kept: Secret): Promise<boolean> {
  const changed = await eraseInRows(
    file,
    'UPDATE repositories SET passphrase = NULL WHERE name = ? AND passphrase = ?',
    [name, kept.reveal()],
  )
  const rows = (await readRows(file, 'SELECT * FROM repositories')) ?? []
  if (rows.some(({ passphrase }) => passphrase === kept.reveal())) return changed > 0
  for (const part of [file, `${file}-wal`]) {
    if (!(await readTextIfAny(part))?.includes(kept.reveal())) continue
    throw new AppError('file-unusable', `a copy of the passphrase of ${name} is left in ${part}`, {
      reason: 'another process has the database open',
      hint: 'close every BorgBoi 1.x, then run borgboi migrate again',
    })
  }
  return changed > 0
}
