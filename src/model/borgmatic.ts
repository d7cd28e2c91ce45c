// What a configuration of borgmatic says, in its flat layout (since 1.8) or the one with sections before it: what has a
// counterpart here, as typed values, and the names of everything else that is set.

import { optional } from './repo.ts'
import { type Secret, SecretText } from './secret.ts'
import { refuse } from './validate.ts'

export interface BorgmaticRepository {
  /** As written. */
  readonly path: string
  readonly label?: string
}

export interface BorgmaticConfig {
  readonly repositories: readonly BorgmaticRepository[]
  /** As written: absolute, relative, or with wildcards. */
  readonly sources: readonly string[]
  readonly workingDirectory?: string
  readonly excludePatterns: readonly string[]
  readonly excludeFrom: readonly string[]
  /** Lines of Borg's --patterns-from. */
  readonly patterns: readonly string[]
  readonly excludeIfPresent: readonly string[]
  readonly excludeCaches: boolean
  readonly oneFileSystem: boolean
  /** `daily` to a number, `within` to a span; whatever follows `keep_`. */
  readonly keep: Readonly<Record<string, string | number>>
  readonly compression?: string
  readonly archiveNameFormat?: string
  readonly passphrase?: Secret
  /** What else is set, by name: nothing here does the same by itself. */
  readonly others: readonly string[]
}

/** Reads configurations of borgmatic. */
export interface BorgmaticFiles {
  /**
   * With its constants put in and `~` made the home of this user.
   * @throws AppError `file-unusable`: not there, no YAML, or parts of it are elsewhere; `file-denied`, `value-invalid`
   */
  read(path: string): Promise<BorgmaticConfig>
}

const SECTIONS = ['location', 'storage', 'retention', 'consistency', 'output', 'hooks']
const TAKEN = [
  ...['repositories', 'source_directories', 'working_directory', 'exclude_patterns', 'exclude_from', 'patterns'],
  ...['exclude_if_present', 'exclude_caches', 'one_file_system', 'compression', 'archive_name_format'],
  ...['encryption_passphrase', 'constants'],
]

/** @throws AppError `value-invalid` where a value is not what borgmatic would take */
export function parseBorgmatic(value: unknown): BorgmaticConfig {
  if (!isObject(value)) refuse('configuration of borgmatic', value, 'it is not a set of keys', 'is it the right file?')
  const keys = flattened(value)
  const names = Object.keys(keys).filter((name) => keys[name] !== null && keys[name] !== undefined)
  const passphrase = text(keys, 'encryption_passphrase')
  return {
    repositories: repositories(keys['repositories']),
    sources: list(keys, 'source_directories'),
    excludePatterns: list(keys, 'exclude_patterns'),
    excludeFrom: list(keys, 'exclude_from'),
    patterns: list(keys, 'patterns'),
    excludeIfPresent: list(keys, 'exclude_if_present'),
    excludeCaches: keys['exclude_caches'] === true,
    oneFileSystem: keys['one_file_system'] === true,
    keep: keepRules(keys, names),
    ...optional('workingDirectory', text(keys, 'working_directory')),
    ...optional('compression', text(keys, 'compression')),
    ...optional('archiveNameFormat', text(keys, 'archive_name_format')),
    ...optional('passphrase', passphrase === undefined ? undefined : new SecretText(passphrase)),
    others: names.filter((name) => !TAKEN.includes(name) && !name.startsWith('keep_')),
  }
}

type Keys = Readonly<Record<string, unknown>>

/** The sections of the old layout dissolved: no key stood in two of them. */
function flattened(value: Keys): Keys {
  const parts = Object.entries(value).map(([name, inner]) =>
    SECTIONS.includes(name) && isObject(inner) ? inner : { [name]: inner },
  )
  return Object.assign({}, ...parts) as Keys
}

function isObject(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function repositories(value: unknown): BorgmaticRepository[] {
  const items = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]
  return items.map((item) => {
    if (typeof item === 'string') return { path: item }
    if (isObject(item) && typeof item['path'] === 'string') {
      return { path: item['path'], ...optional('label', typeof item['label'] === 'string' ? item['label'] : undefined) }
    }
    return refuse(
      "borgmatic's repository",
      typeof item,
      'it is neither a path nor has one',
      'write it like path: /mnt/b/docs',
    )
  })
}

function list(keys: Keys, name: string): string[] {
  const value = keys[name]
  if (value === undefined || value === null) return []
  const items = Array.isArray(value) ? value : [value]
  if (items.every((item) => typeof item === 'string')) return items
  refuse(`borgmatic's ${name}`, value, 'it is not a list of texts', 'put each value in quotes')
}

function text(keys: Keys, name: string): string | undefined {
  const value = keys[name]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return refuse(`borgmatic's ${name}`, typeof value, 'it is not a text', 'put the value in quotes')
}

function keepRules(keys: Keys, names: readonly string[]): Record<string, string | number> {
  const rules = names
    .filter((name) => name.startsWith('keep_'))
    .map((name): [string, string | number] => {
      const value = keys[name]
      if (typeof value === 'number' || typeof value === 'string') return [name.slice('keep_'.length), value]
      return refuse(`borgmatic's ${name}`, value, 'it is neither a number nor a span', 'write it like 7 or 14d')
    })
  return Object.fromEntries(rules)
}
