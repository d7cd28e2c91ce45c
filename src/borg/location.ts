// How repositories and archives are written on Borg's command line.

import type { RepositoryAccess } from './client.ts'

/** Borg expands `{now}` and the like in locations; doubled braces stand for themselves. */
export function repositoryArgument(access: RepositoryAccess): string {
  return access.path.replaceAll('{', '{{').replaceAll('}', '}}')
}

export function archiveArgument(access: RepositoryAccess, archive: string): string {
  return `${repositoryArgument(access)}::${archive.replaceAll('{', '{{').replaceAll('}', '}}')}`
}

export function isLocal(access: RepositoryAccess): boolean {
  return access.path.startsWith('/')
}
