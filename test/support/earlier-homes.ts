// Homes as BorgBoi 1.x left them, in each layout it had, made from what is known of its files and its table.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface EarlierSample {
  readonly name: string
  readonly path: string
  readonly backup_target: string
  readonly hostname: string
  readonly passphrase: string | null
  readonly passphrase_file_path?: string
  /** Borg's id, as `borg info` told it. */
  readonly id?: string
  readonly keep?: { readonly daily: number; readonly weekly: number; readonly monthly: number; readonly yearly: number }
}

export const LAYOUTS = ['.database/borgboi.db', 'borgboi.db', 'data/repositories', '.borgboi_metadata'] as const
export type Layout = (typeof LAYOUTS)[number]

export function isDatabase(layout: Layout): boolean {
  return layout.endsWith('.db')
}

/** Resolves to the files that hold the records. */
export async function writeLayout(home: string, layout: Layout, samples: readonly EarlierSample[]): Promise<string[]> {
  const place = join(home, layout)
  if (isDatabase(layout)) {
    ;(await openEarlierDatabase(place, samples)).close()
    return [place]
  }
  await mkdir(place, { recursive: true })
  const files = samples.map((sample) => join(place, `${sample.name.replaceAll('/', '_')}.json`))
  await Promise.all(samples.map((sample, index) => writeFile(files[index] ?? '', jsonOf(sample))))
  return files
}

/** As pydantic printed it: two spaces, dates without a zone. */
export function jsonOf({ id, keep, ...fields }: EarlierSample): string {
  const retention = keep && {
    keep_daily: keep.daily,
    keep_weekly: keep.weekly,
    keep_monthly: keep.monthly,
    keep_yearly: keep.yearly,
  }
  const record = {
    ...fields,
    os_platform: 'Linux',
    last_backup: '2026-11-01T02:30:00.123456',
    metadata: metadataOf(id),
    retention_policy: retention ?? null,
    created_at: '2025-01-31T10:00:00',
    passphrase_migrated: false,
    safe_path: fields.path,
  }
  return JSON.stringify(record, undefined, 2)
}

/** With its write-ahead log, as long as it is open. */
export async function openEarlierDatabase(file: string, samples: readonly EarlierSample[]): Promise<DatabaseSync> {
  await mkdir(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE repositories (
      id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) UNIQUE NOT NULL, path VARCHAR(1024) NOT NULL,
      backup_target VARCHAR(1024) NOT NULL, hostname VARCHAR(255) NOT NULL, os_platform VARCHAR(10) NOT NULL,
      last_backup DATETIME, metadata_json TEXT, retention_keep_daily INTEGER, retention_keep_weekly INTEGER,
      retention_keep_monthly INTEGER, retention_keep_yearly INTEGER, last_s3_sync DATETIME, created_at DATETIME,
      passphrase VARCHAR(512), passphrase_file_path VARCHAR(1024), passphrase_migrated BOOLEAN NOT NULL,
      updated_at DATETIME NOT NULL);
    CREATE TABLE schema_version (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
    INSERT INTO schema_version (version) VALUES (1);`)
  const insert = database.prepare(`INSERT INTO repositories
    (name, path, backup_target, hostname, os_platform, last_backup, metadata_json, retention_keep_daily,
     retention_keep_weekly, retention_keep_monthly, retention_keep_yearly, created_at, passphrase,
     passphrase_file_path, passphrase_migrated, updated_at)
    VALUES (?, ?, ?, ?, 'Linux', '2026-11-01 02:30:00.123456', ?, ?, ?, ?, ?, '2025-01-31 10:00:00.000000', ?, ?, 0, '')`)
  for (const { name, path, backup_target, hostname, id, keep, passphrase, passphrase_file_path } of samples) {
    const metadata = metadataOf(id)
    insert.run(
      ...[name, path, backup_target, hostname, metadata && JSON.stringify(metadata)],
      ...[keep?.daily ?? null, keep?.weekly ?? null, keep?.monthly ?? null, keep?.yearly ?? null],
      ...[passphrase, passphrase_file_path ?? null],
    )
  }
  return database
}

/** All rows, but for the passphrases. */
export function rowsOf(file: string): Record<string, unknown>[] {
  const database = new DatabaseSync(file)
  const rows = database.prepare('SELECT * FROM repositories ORDER BY id').all()
  database.close()
  return rows.map(({ passphrase: _, ...rest }) => rest)
}

/** What makes a directory a repository for those who only ask for its id. */
export async function makeRepositoryConfig(path: string, id: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'config'), `[repository]\nversion = 1\nid = ${id}\n`)
}

function metadataOf(id: string | undefined) {
  if (id === undefined) return null
  return {
    cache: { path: '/home/anna/.cache/borg', stats: { total_size: 1 } },
    encryption: { mode: 'repokey', keyfile: null },
    repository: { id, last_modified: '2026-11-01T02:30:04.000000', location: '/somewhere' },
    security_dir: '/home/anna/.config/borg/security',
  }
}
