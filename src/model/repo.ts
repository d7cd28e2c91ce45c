// A repo: our record of one Borg repository, with what goes into it and what became of it.

import { AppError } from '../errors.ts'
import { type Compression, parseCompression } from './compression.ts'
import type { KitRecord } from './kit.ts'
import { isRemote } from './location.ts'
import {
  archiveGlob,
  parseRepoName,
  parseVaultName,
  type RepoName,
  repoOfGlob,
  repoOfPrefix,
  type VaultName,
} from './names.ts'
import { type OwnObjectives, parseOwnObjectives } from './objectives.ts'
import type { Removal } from './removal.ts'
import { parseRetention, type RetentionPolicy } from './retention.ts'
import { OUTCOMES, type RunOutcome } from './run.ts'
import type { Upheaval } from './upheaval.ts'

/** Encryption modes of Borg 1.x that a new repository may have. */
export const ENCRYPTIONS = [
  'repokey-blake2',
  'repokey',
  'keyfile-blake2',
  'keyfile',
  'authenticated-blake2',
  'authenticated',
  'none',
] as const

export interface RepoRecord {
  readonly name: RepoName
  /** The repository: an absolute path, or on another machine as Borg writes it. Unique among the records. */
  readonly path: string
  /** Borg's repository id, 64 hex digits. */
  readonly borgId: string
  readonly encryption: string
  /** Absolute directories, in the order Borg gets them. An imported repo may have none yet. */
  readonly sources: readonly string[]
  /** The host that backs up into it. */
  readonly hostname: string
  /** Where the passphrase is, when it is not the usual file in the home. */
  readonly passphraseFile?: string
  /** Overrides of the configuration, per repo. */
  readonly retention?: RetentionPolicy
  readonly compression?: Compression
  readonly objectives?: OwnObjectives
  /** Which archives are its own, as Borg's --glob-archives; absent: those that are named after it. */
  readonly archiveGlob?: string
  /** The vault it is copied to. */
  readonly vault?: VaultName
  /** A copy that was restored or pulled without taking over as the writer: nothing is ever written into it. */
  readonly readOnly?: true
  readonly createdAt: string
  /** What the newest complete backup of this machine was; absent before the first. */
  readonly lastBackup?: {
    readonly archive: string
    readonly at: string
    readonly originalBytes: number
    readonly files: number
    /** 64 hex digits; this and what follows is absent in records of earlier versions. */
    readonly archiveId?: string
    readonly compressedBytes?: number
    readonly deduplicatedBytes?: number
  }
  /** What the newest run that was to back it up came to. */
  readonly lastRun?: LastRun
  readonly lastCompactAt?: string
  /** Recovery kits that were made of it, the newest last. */
  readonly kits?: readonly KitRecord[]
  /** Bytes that prune and delete gave up since the last compact: what a compact could free, as Borg counted them. */
  readonly reclaimableBytes?: number
  /** What prune and delete removed since the last compact, oldest first. */
  readonly removals?: readonly Removal[]
  /** Since then nothing is removed or copied off-site: nobody has said yet that it is meant. */
  readonly upheaval?: Upheaval
}

/** A heartbeat: who reads it anywhere knows that this machine lives, and until when it has promised a backup. */
export interface LastRun {
  /** When it began. */
  readonly at: string
  readonly outcome: RunOutcome
  /** By then there is another backup, or a promise is broken; absent where none was made. */
  readonly dueAt?: string
}

type Named = Pick<RepoRecord, 'name' | 'archiveGlob'>

/** As Borg's --glob-archives: the archives that prune may remove and among which `latest` is. */
export function ownArchives({ name, archiveGlob: glob }: Named): string {
  return glob ?? archiveGlob(name)
}

/**
 * What new archives are named after, to be among its own: of a repo that was renamed, the name it had; of one that was
 * imported with a pattern like `host-*`, what that begins with. Any other pattern has to match what is named after the repo.
 */
export function archivesNamedAfter({ name, archiveGlob: glob }: Named): RepoName {
  if (glob === undefined) return name
  return repoOfGlob(glob) ?? repoOfPrefix(glob, name) ?? name
}

/**
 * A record from untrusted JSON, every field checked by the rules of the model; fields it does not know are dropped.
 * @throws AppError `value-invalid`
 */
export function parseRepoRecord(value: unknown): RepoRecord {
  const raw = object(value, 'it')
  return {
    name: byRule('name', parseRepoName, text(raw, 'name')),
    path: repositoryPath(raw),
    borgId: text(raw, 'borgId', BORG_ID),
    encryption: text(raw, 'encryption', ENCRYPTION),
    sources: directories(raw, 'sources'),
    hostname: text(raw, 'hostname'),
    createdAt: instant(raw, 'createdAt'),
    ...given(raw, 'passphraseFile', () => text(raw, 'passphraseFile', ABSOLUTE)),
    ...given(raw, 'retention', () => byRule('retention', parseRetention, raw['retention'])),
    ...given(raw, 'compression', () => byRule('compression', parseCompression, text(raw, 'compression'))),
    ...given(raw, 'objectives', () => byRule('objectives', parseOwnObjectives, raw['objectives'])),
    ...given(raw, 'archiveGlob', () => text(raw, 'archiveGlob')),
    ...given(raw, 'vault', () => byRule('vault', parseVaultName, text(raw, 'vault'))),
    ...given(raw, 'readOnly', () => onlyTrue(raw, 'readOnly')),
    ...given(raw, 'lastBackup', () => lastBackup(object(raw['lastBackup'], 'its field "lastBackup"'))),
    ...given(raw, 'lastRun', () => lastRun(object(raw['lastRun'], 'its field "lastRun"'))),
    ...given(raw, 'lastCompactAt', () => instant(raw, 'lastCompactAt')),
    ...given(raw, 'reclaimableBytes', () => count(raw, 'reclaimableBytes')),
    ...given(raw, 'kits', () => list(raw, 'kits').map(kitRecord)),
    ...given(raw, 'removals', () => list(raw, 'removals').map(removal)),
    ...given(raw, 'upheaval', () => upheaval(object(raw['upheaval'], 'its field "upheaval"'))),
  }
}

/** `{ key: value }`, or nothing where the value is undefined: for records with exact optional fields. */
export function optional<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V })
}

/** Borg's ids and our digests are both of 256 bits. */
const BORG_ID = /^[0-9a-f]{64}$/
const ENCRYPTION = /^[a-z0-9-]+$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const TEXT = /^\P{Cc}+$/u
const ABSOLUTE = /^\/[^\0]*$/

type Raw = Record<string, unknown>

function lastBackup(raw: Raw): NonNullable<RepoRecord['lastBackup']> {
  return {
    archive: text(raw, 'archive'),
    at: instant(raw, 'at'),
    originalBytes: count(raw, 'originalBytes'),
    files: count(raw, 'files'),
    ...given(raw, 'archiveId', () => text(raw, 'archiveId', BORG_ID)),
    ...given(raw, 'compressedBytes', () => count(raw, 'compressedBytes')),
    ...given(raw, 'deduplicatedBytes', () => count(raw, 'deduplicatedBytes')),
  }
}

function kitRecord(value: unknown): KitRecord {
  const raw = object(value, 'one of its kits')
  return {
    madeAt: instant(raw, 'madeAt'),
    path: text(raw, 'path'),
    ...given(raw, 'vault', () => text(raw, 'vault')),
    ...given(raw, 'key', () => text(raw, 'key', BORG_ID)),
    ...given(raw, 'withPassphrase', () => onlyTrue(raw, 'withPassphrase')),
  }
}

function lastRun(raw: Raw): LastRun {
  const outcome = OUTCOMES.find((known) => known === raw['outcome'])
  if (outcome === undefined) throw malformed('its field "lastRun" has no outcome')
  return { at: instant(raw, 'at'), outcome, ...given(raw, 'dueAt', () => instant(raw, 'dueAt')) }
}

function removal(value: unknown): Removal {
  const raw = object(value, 'one of its removals')
  return {
    at: instant(raw, 'at'),
    archives: texts(raw, 'archives'),
    reclaimableBytes: count(raw, 'reclaimableBytes'),
    ...given(raw, 'before', () => {
      const before = object(raw['before'], 'its field "before"')
      return { transactionId: count(before, 'transactionId'), segments: count(before, 'segments') }
    }),
  }
}

function upheaval(raw: Raw): Upheaval {
  const since = object(raw['since'], 'its field "since"')
  return {
    archive: text(raw, 'archive'),
    at: instant(raw, 'at'),
    since: {
      archive: text(since, 'archive'),
      files: count(since, 'files'),
      originalBytes: count(since, 'originalBytes'),
    },
    goneFiles: count(raw, 'goneFiles'),
    goneBytes: count(raw, 'goneBytes'),
    rewrittenBytes: count(raw, 'rewrittenBytes'),
  }
}

function given<K extends string, V>(raw: Raw, key: K, read: () => V): { [key in K]?: V } {
  return optional(key, raw[key] === undefined ? undefined : read())
}

/** A field with a rule of its own: what breaks it is a malformed record, not something a person typed. */
function byRule<T, V>(key: string, parse: (value: T) => V, value: T): V {
  try {
    return parse(value)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw malformed(`its field "${key}": ${error.message}, ${error.reason}`)
  }
}

function object(value: unknown, what: string): Raw {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Raw
  throw malformed(`${what} is not an object`)
}

function text(raw: Raw, key: string, form = TEXT): string {
  const value = raw[key]
  if (typeof value === 'string' && form.test(value)) return value
  throw malformed(`its field "${key}" is missing or malformed`)
}

function repositoryPath(raw: Raw): string {
  const path = text(raw, 'path')
  if (path.startsWith('/') || isRemote(path)) return path
  throw malformed('its field "path" is neither an absolute path nor on another machine')
}

function instant(raw: Raw, key: string): string {
  const value = text(raw, key, INSTANT)
  if (!Number.isNaN(Date.parse(value))) return value
  throw malformed(`its field "${key}" is no date there is`)
}

function onlyTrue(raw: Raw, key: string): true {
  if (raw[key] === true) return true
  throw malformed(`its field "${key}" is not true`)
}

function count(raw: Raw, key: string): number {
  const value = raw[key]
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw malformed(`its field "${key}" is not a count`)
}

function list(raw: Raw, key: string): readonly unknown[] {
  const value = raw[key]
  if (Array.isArray(value)) return value
  throw malformed(`its field "${key}" is not a list`)
}

function directories(raw: Raw, key: string): string[] {
  return listOf(raw, key, 'absolute paths', ABSOLUTE)
}

function texts(raw: Raw, key: string): string[] {
  return listOf(raw, key, 'texts', TEXT)
}

function listOf(raw: Raw, key: string, what: string, form: RegExp): string[] {
  const value = list(raw, key)
  if (value.every((item): item is string => typeof item === 'string' && form.test(item))) return [...value]
  throw malformed(`its field "${key}" is not a list of ${what}`)
}

function malformed(reason: string): AppError {
  return new AppError('value-invalid', 'a repo record is malformed', {
    reason,
    hint: 'look at the store with: borgboi store check',
  })
}
