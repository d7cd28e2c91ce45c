// Names people give to repos, vaults and archives, and the names borgboi gives to archives it makes.

import { refuse } from './validate.ts'

declare const brand: unique symbol
/** A checked name of a repo: safe as a file name, as part of an archive name and as a command-line argument. */
export type RepoName = string & { readonly [brand]: 'RepoName' }
/** A checked name of a vault, safe for the same uses. */
export type VaultName = string & { readonly [brand]: 'VaultName' }
/** A checked name of an archive in Borg's sense. */
export type ArchiveName = string & { readonly [brand]: 'ArchiveName' }

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u
const NAME_MAX = 64
/** File names are limited to 255 bytes; suffixes such as `.key` and time stamps need room. */
const NAME_MAX_BYTES = 160
/** The exclusions that all repos share are kept under this name beside those of each repo. */
const REPO_NAME_TAKEN = 'shared'
const ARCHIVE_NAME_MAX_BYTES = 255

/** @throws AppError `value-invalid`; the hint offers the nearest name that would do. */
export function parseRepoName(value: string): RepoName {
  const name = value.normalize('NFC')
  const problem = problemOfName('a repo name', name) ?? problemOfTaken(name)
  if (problem === undefined) return name as RepoName
  const suggestion = slug(name)
  refuse('repo name', value, problem, suggestion ? `use --name ${suggestion}` : 'use a name such as docs or nas-photos')
}

/** The name itself where it may be one, else the nearest that may. */
export function nearestRepoName(value: string): RepoName {
  const name = value.normalize('NFC')
  if (problemOfName('a repo name', name) === undefined && problemOfTaken(name) === undefined) return name as RepoName
  return (slug(name) || 'repo') as RepoName
}

/** @throws AppError `value-invalid`; the hint offers the nearest name that would do. */
export function parseVaultName(value: string): VaultName {
  return parseNameInKeys('vault name', value, 'offsite or nas') as VaultName
}

/** @throws AppError `value-invalid`; the hint offers the nearest name that would do. */
export function parseNotifierName(value: string): string {
  return parseNameInKeys('notifier name', value, 'phone or mail')
}

/** A name that is part of keys of the configuration. */
function parseNameInKeys(what: string, value: string, examples: string): string {
  const name = value.normalize('NFC')
  const dotted = name.includes('.') ? `a ${what} has no dots: it is part of keys of the configuration` : undefined
  const problem = problemOfName(`a ${what}`, name) ?? dotted
  if (problem === undefined) return name
  refuse(what, value, problem, `use a name such as ${slug(name).replaceAll('.', '-') || examples}`)
}

function problemOfName(kind: string, name: string): string | undefined {
  if ([...name].length > NAME_MAX) return `${kind} has at most ${NAME_MAX} characters`
  if (Buffer.byteLength(name) > NAME_MAX_BYTES) return `${kind} has at most ${NAME_MAX_BYTES} bytes`
  if (NAME.test(name)) return undefined
  return `${kind} has letters, digits, dots, dashes and underscores, and starts with a letter or digit`
}

/** In any case: file names on macOS do not tell cases apart. */
function problemOfTaken(name: string): string | undefined {
  return name.toLowerCase() === REPO_NAME_TAKEN ? 'it stands for what all repos share' : undefined
}

/** 40 characters of up to 4 bytes fit the limits whatever they are. */
function slug(name: string): string {
  const slugged = [...name.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '')]
    .slice(0, 40)
    .join('')
    .replace(/[-.]+$/, '')
    .normalize('NFC')
  return slugged.toLowerCase() === REPO_NAME_TAKEN ? `${slugged}-files` : slugged
}

/** @throws AppError `value-invalid` for what Borg 1.x would refuse or what it would take for an option or a path. */
export function parseArchiveName(value: string): ArchiveName {
  const bad =
    value === '' ||
    value !== value.trim() ||
    value.startsWith('-') ||
    value.includes('/') ||
    value.includes('::') ||
    /\p{Cc}/u.test(value) ||
    Buffer.byteLength(value) > ARCHIVE_NAME_MAX_BYTES
  if (!bad) return value as ArchiveName
  refuse(
    'archive name',
    value,
    `an archive name has 1 to ${ARCHIVE_NAME_MAX_BYTES} bytes, no "/", no "::", and does not start with "-" or a space`,
    'list the names there are with: borgboi backup list',
  )
}

/** `<repo>-<local time>`, or with `-2`, `-3`, … where that name is taken (the hour that a clock change repeats). */
export function nextArchiveName(repo: RepoName, now: Date, taken: (name: string) => boolean): ArchiveName {
  const base = `${repo}-${localTimestamp(now)}`
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? base : `${base}-${copy}`
    if (!taken(name)) return name as ArchiveName
  }
}

/**
 * A Borg `--glob-archives` pattern that matches the archives borgboi makes for this repo and no other repo's: it spells
 * out the whole time because a repo may be called `docs-2026-01-01T0`, but no name has a colon.
 */
export function archiveGlob(repo: RepoName): string {
  return `${repo}${TIME_GLOB}`
}

/** The repo whose `archiveGlob` it is; undefined for other patterns. */
export function repoOfGlob(glob: string): RepoName | undefined {
  const name = glob.endsWith(TIME_GLOB) ? glob.slice(0, -TIME_GLOB.length) : ''
  return NAME.test(name) ? (name as RepoName) : undefined
}

/**
 * What archives of a repo are named after so that a pattern like `host-*` matches them: the repo where that does, else the
 * beginning that the pattern asks for. Undefined for patterns of another shape, and where that is no name.
 */
export function repoOfPrefix(glob: string, repo: RepoName): RepoName | undefined {
  const [, prefix] = /^([^*?[\]]*)\*$/.exec(glob) ?? []
  if (prefix === undefined) return undefined
  if (`${repo}-`.startsWith(prefix)) return repo
  const name = prefix.replace(/-$/, '')
  return problemOfName('', name) === undefined ? (name as RepoName) : undefined
}

const TWO = '[0-9][0-9]'
const TIME_GLOB = `-${TWO}${TWO}-${TWO}-${TWO}T${TWO}:${TWO}:${TWO}*`

function localTimestamp(date: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
