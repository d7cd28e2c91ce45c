// What the steps of a migration share.

import type { Deps } from '../../deps.ts'
import type { EarlierContents } from '../../model/earlier-repo.ts'
import type { Finding } from '../../model/finding.ts'

export type MigrateDeps = Pick<
  Deps,
  | 'config'
  | 'repos'
  | 'sharedRepos'
  | 'exclusions'
  | 'earlierHome'
  | 'passphrases'
  | 'borg'
  | 'files'
  | 'clock'
  | 'host'
>

export interface Migrating extends MigrateDeps {
  readonly dryRun: boolean
  /** Something is recorded for the first time: what is there already was not put there by an earlier run. */
  readonly isFirst: boolean
  readonly exclusionsFound: EarlierContents['exclusions']
  /** What a person is told; steps add to it. */
  readonly findings: Finding[]
}
