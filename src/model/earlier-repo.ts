// What BorgBoi 1.x kept of its repos, whatever layout its home had: the values as far as they can be used here, and where
// each was written. How a home is read is in src/migration.

import type { Finding } from './finding.ts'
import type { RetentionPolicy } from './retention.ts'
import type { Secret } from './secret.ts'

/**
 * Archives named by a time, as Borg's --glob-archives: those of BorgBoi 1.x (`2026-01-31_02:30:00`) and those that borgboi
 * makes in the same repository (`docs-2026-01-31T02:30:00`). BorgBoi 1.x itself pruned archives of any name.
 */
export const EARLIER_ARCHIVES = '*[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][T_][0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'

/** A record of BorgBoi 1.x, in a file of its own, a row of a database, or an item of a table. */
export interface EarlierPlace {
  /** The file; in words where it is none. */
  readonly file: string
  /** The passphrase that is kept there. */
  readonly passphrase?: Secret
  /** The name in the record: what finds a row. */
  readonly name: string
}

export interface EarlierRepo {
  /** Any text. */
  readonly name: string
  /** Absolute, or on another machine. */
  readonly path: string
  readonly hostname?: string
  /** Absolute. */
  readonly sources: readonly string[]
  readonly borgId?: string
  readonly encryption?: string
  readonly retention?: RetentionPolicy
  readonly passphraseFile?: string
  /** RFC 3339 UTC. BorgBoi 1.x wrote times without a zone; they are taken as local. */
  readonly createdAt?: string
  readonly lastBackupAt?: string
  /** The newest layout first; never empty. */
  readonly places: readonly EarlierPlace[]
}

/** A file of exclusions; without `repo` it is the one for all. */
export interface EarlierExclusions {
  readonly file: string
  readonly repo?: string
  readonly text: string
}

export interface EarlierContents {
  /** The newest layout first; several may be of one repository. */
  readonly repos: readonly EarlierRepo[]
  readonly exclusions: readonly EarlierExclusions[]
  /** What could not be read or used. */
  readonly problems: readonly Finding[]
}

/** What BorgBoi 1.x left in the home of borgboi, which is the same directory. */
export interface EarlierHome {
  /** Everything in every layout, changing nothing. What cannot be read is a problem in the result, never thrown. */
  read(): Promise<EarlierContents>
  /**
   * Takes the passphrase out of a record where it is the one in `kept`; everything else in the record stays. Safe to
   * repeat. False, with nothing changed, where the record has another one by now. @throws AppError `file-unusable`,
   * `file-denied`, `disk-full`
   */
  blankPassphrase(place: EarlierPlace, kept: Secret): Promise<boolean>
}

/**
 * One entry for each repository: those of the same place, or of the same Borg id, are one. The first has the say, the
 * others fill in what it does not have.
 */
export function mergeEarlierRepos(repos: readonly EarlierRepo[]): EarlierRepo[] {
  const merged: EarlierRepo[] = []
  for (const repo of repos) {
    const index = merged.findIndex(
      ({ path, borgId }) => path === repo.path || (borgId !== undefined && borgId === repo.borgId),
    )
    const first = merged[index]
    if (first === undefined) merged.push(repo)
    else {
      const sources = first.sources.length > 0 ? first.sources : repo.sources
      merged[index] = { ...repo, ...first, sources, places: [...first.places, ...repo.places] }
    }
  }
  return merged
}
