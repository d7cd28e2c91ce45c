// A repo as other hosts see it: what they need to find it, and to see that it is backed up.

import { optional, type RepoRecord } from './repo.ts'

export interface SharedRepo {
  readonly name: string
  readonly path: string
  readonly hostname: string
  readonly sources: readonly string[]
  readonly lastBackupAt?: string
  readonly lastBackupBytes?: number
}

export function toSharedRepo({ name, path, hostname, sources, lastBackup }: RepoRecord): SharedRepo {
  return {
    name,
    path,
    hostname,
    sources,
    ...optional('lastBackupAt', lastBackup?.at),
    ...optional('lastBackupBytes', lastBackup?.originalBytes),
  }
}
