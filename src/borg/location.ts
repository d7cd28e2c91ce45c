// How repositories and archives are written on Borg's command line.

import type { RepositoryAccess } from './client.ts'

/** Borg expands `{now}` and the like in names and comments; doubled braces stand for themselves. Paths never have any. */
export function literal(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}')
}

export function archiveArgument(access: RepositoryAccess, archive: string): string {
  return `${access.path}::${literal(archive)}`
}

export function isLocal(access: RepositoryAccess): boolean {
  return access.path.startsWith('/')
}
