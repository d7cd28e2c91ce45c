// One record of BorgBoi 1.x, from JSON or from a row: which of its values can be used, and what is wrong with the others.
// Texts of a record are never quoted, but for names and paths: one of them is the passphrase.

import type { EarlierPlace, EarlierRepo } from '../model/earlier-repo.ts'
import type { Finding } from '../model/finding.ts'
import { isRemote, parseRepositoryPath } from '../model/location.ts'
import { optional } from '../model/repo.ts'
import { parseRetention, type RetentionPolicy } from '../model/retention.ts'
import { SecretText } from '../model/secret.ts'

type Raw = Readonly<Record<string, unknown>>

const KEPT = ['daily', 'weekly', 'monthly', 'yearly'] as const

/**
 * The repo of a record, or none. Columns of the database carry what JSON nests: `metadata_json`, `retention_keep_daily`.
 */
export function parseRecord(value: unknown, file: string, problems: Finding[]): EarlierRepo[] {
  const raw = objectOf(value) ?? {}
  const [name, path] = [text(raw['name']), text(raw['path'])]
  const tell = (message: string, hint?: string) =>
    void problems.push({
      level: 'warning',
      subject: file,
      message: name === undefined ? message : `${name}: ${message}`,
      ...optional('hint', hint),
    })
  const place = usablePath(path)
  if (name === undefined || place === undefined) {
    tell(
      name === undefined ? 'has a record without a usable name' : 'its path is missing, not absolute or not usable',
      'record the repository with: borgboi repo import',
    )
    return []
  }

  const metadata = objectOf(raw['metadata']) ?? objectOf(parseJson(text(raw['metadata_json'])))
  const borgId = text(objectOf(metadata?.['repository'])?.['id'])
  const target = text(raw['backup_target'])
  if (!target?.startsWith('/')) tell('what it backs up is missing or not an absolute path')
  return [
    {
      name,
      path: place,
      sources: target?.startsWith('/') ? [target] : [],
      ...optional('hostname', text(raw['hostname'])),
      ...optional('borgId', /^[0-9a-f]{64}$/.test(borgId ?? '') ? borgId : undefined),
      ...optional('encryption', encryptionOf(objectOf(metadata?.['encryption']))),
      ...optional('retention', retentionOf(raw, tell)),
      ...optional('passphraseFile', fileOf(text(raw['passphrase_file_path']))),
      ...optional('createdAt', instant(raw['created_at'])),
      ...optional('lastBackupAt', instant(raw['last_backup'])),
      places: [placeOf(raw, { file, name }, tell)],
    },
  ]
}

/** Undefined for what is no JSON. Node's own error would quote the text. */
export function parseJson(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json)
  } catch {
    return undefined
  }
}

type Tell = (message: string, hint?: string) => void

function placeOf(raw: Raw, place: EarlierPlace, tell: Tell): EarlierPlace {
  const passphrase = raw['passphrase']
  if (typeof passphrase !== 'string' || passphrase === '') return place
  if (!/[\r\n\0]/.test(passphrase)) return { ...place, passphrase: new SecretText(passphrase) }
  tell('its passphrase has more than one line and stays where it is', 'change it with: borg key change-passphrase')
  return place
}

function retentionOf(raw: Raw, tell: Tell): RetentionPolicy | undefined {
  const nested = objectOf(raw['retention_policy'])
  const counts = KEPT.map((rule) => [rule, raw[`retention_keep_${rule}`] ?? nested?.[`keep_${rule}`]] as const)
  const given = counts.filter(([, count]) => count !== undefined && count !== null)
  if (given.length === 0) return undefined
  try {
    return parseRetention(Object.fromEntries(given))
  } catch {
    // The rule's own message is about a value somebody typed.
    tell('its retention is not usable; that of the configuration holds', 'look at it with: borgboi config show')
    return undefined
  }
}

function usablePath(path: string | undefined): string | undefined {
  if (path === undefined || (!path.startsWith('/') && !isRemote(path))) return undefined
  try {
    return parseRepositoryPath(path, '/')
  } catch {
    // Said of it by the caller, as of any path that cannot be used.
    return undefined
  }
}

function encryptionOf(encryption: Raw | undefined): string | undefined {
  const mode = text(encryption?.['mode'])
  return mode !== undefined && /^[a-z0-9-]+$/.test(mode) ? mode : undefined
}

function fileOf(path: string | undefined): string | undefined {
  return path?.startsWith('/') ? path : undefined
}

function instant(value: unknown): string | undefined {
  const at = new Date(text(value) ?? '')
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

function objectOf(value: unknown): Raw | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined
}

/** Without control characters: it is shown, and becomes part of records. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value) ? value : undefined
}
