// How repositories and archives are written on Borg's command line.

import type { RepositoryAccess } from './client.ts'

/** Borg expands `{now}` and the like in archive names; doubled braces stand for themselves. Paths never have any. */
export function archiveArgument(access: RepositoryAccess, archive: string): string {
  return `${access.path}::${archive.replaceAll('{', '{{').replaceAll('}', '}}')}`
}

export function isLocal(access: RepositoryAccess): boolean {
  return access.path.startsWith('/')
}
