// Items of the table of repos: the attributes that BorgBoi 1.x reads and writes, and beside them our whole record. See
// docs/formats.md. Attributes that are not ours to write stay as they are; its `passphrase` is never read nor written.

import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { AppError } from '../../errors.ts'
import { optional, parseRepoRecord, type RepoRecord } from '../../model/repo.ts'
import { type SharedRepo, toSharedRepo } from '../../model/shared-repo.ts'

export type Item = Record<string, AttributeValue>

/** What the table knows a repo by. */
export interface RepoKey {
  readonly path: string
  readonly hostname: string
}

export interface RepoItem {
  readonly key: RepoKey
  /** Ours; absent where BorgBoi 1.x wrote last, and where it cannot be read. */
  readonly record?: RepoRecord
  /** Why our record cannot be read. */
  readonly problem?: string
  /** Another one with every write of ours. */
  readonly revision?: string
  /** When the state that it holds came about, RFC 3339 UTC. */
  readonly changedAt?: string
  /** What any reader can tell; absent where not even a name is there. */
  readonly summary?: SharedRepo
  /** BorgBoi 1.x keeps the passphrase here: nobody may delete the only copy. */
  readonly holdsPassphrase: boolean
}

const RECORD_FORMAT = 1
const RECORD = 'borgboi_record'
export const REVISION = 'borgboi_revision'
const CHANGED_AT = 'borgboi_changed_at'
/** What is taken out of an item that has to stay. */
export const OWN_ATTRIBUTES = [RECORD, REVISION, CHANGED_AT]

export function keyAttributes({ path, hostname }: RepoKey): Item {
  return { repo_path: { S: path }, hostname: { S: hostname } }
}

export function parseRepoItem(item: Item): RepoItem {
  const key = { path: item['repo_path']?.S ?? '', hostname: item['hostname']?.S ?? '' }
  const { record, problem } = parseOwnRecord(item[RECORD]?.S)
  return {
    key,
    ...optional('record', record),
    ...optional('problem', problem),
    ...optional('revision', item[REVISION]?.S),
    ...optional('changedAt', instant(item[CHANGED_AT]?.S)),
    ...optional('summary', record === undefined ? summaryOf(key, item) : { ...toSharedRepo(record), ...key }),
    holdsPassphrase: item['passphrase'] !== undefined && item['passphrase'].NULL !== true,
  }
}

/**
 * The attributes a state of a repo takes in its item, but for the key: what BorgBoi 1.x knows of it, and all of it.
 * `revision`: any text that was never used before.
 */
export function attributesOf(record: RepoRecord, revision: string, changedAt: string): Item {
  return {
    ...attributesOfRecord(record),
    [RECORD]: { S: JSON.stringify({ format: RECORD_FORMAT, ...record }) },
    [REVISION]: { S: revision },
    [CHANGED_AT]: { S: changedAt },
  }
}

/** Those of its own attributes that `before` took and `after` has no more. */
export function attributesGone(before: RepoRecord | undefined, after: RepoRecord): string[] {
  if (before === undefined) return []
  const kept = attributesOfRecord(after)
  return Object.keys(attributesOfRecord(before)).filter((name) => !Object.hasOwn(kept, name))
}

function attributesOfRecord({ name, sources, lastBackup, createdAt, passphraseFile, retention }: RepoRecord): Item {
  const texts = {
    repo_name: name,
    backup_target_path: sources[0],
    last_backup: lastBackup?.at,
    created_at: createdAt,
    passphrase_file_path: passphraseFile,
  }
  const counts = {
    retention_keep_daily: retention?.daily,
    retention_keep_weekly: retention?.weekly,
    retention_keep_monthly: retention?.monthly,
    retention_keep_yearly: retention?.yearly,
  }
  return {
    ...given(texts, (text) => ({ S: text })),
    ...given(counts, (count) => ({ N: String(count) })),
  }
}

function given<T>(values: Record<string, T | undefined>, wrap: (value: T) => AttributeValue): Item {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, wrap(value)]])),
  )
}

function parseOwnRecord(text: string | undefined): { readonly record?: RepoRecord; readonly problem?: string } {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
    if (format !== RECORD_FORMAT) return { problem: `its record has format ${String(format)}` }
    return { record: parseRepoRecord(value) }
  } catch (error) {
    return { problem: error instanceof AppError ? (error.reason ?? error.message) : 'its record is no JSON' }
  }
}

/** Tables older than 1.0 had `common_name`. */
function summaryOf(key: RepoKey, item: Item): SharedRepo | undefined {
  const name = item['repo_name']?.S ?? item['common_name']?.S
  const source = item['backup_target_path']?.S
  if (name === undefined || key.path === '') return undefined
  return {
    name,
    ...key,
    sources: source === undefined ? [] : [source],
    ...optional('lastBackupAt', instant(item['last_backup']?.S)),
  }
}

/** BorgBoi 1.x wrote local times without a zone; those of other zones are off by the difference. */
function instant(text: string | undefined): string | undefined {
  const at = new Date(text ?? '')
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
