// Archives and what they hold, in words.

import type { ArchiveEntry } from '../../model/archive.ts'
import { formatBytes, formatMinute } from '../../model/words.ts'
import type { ArchiveList } from '../../workflows/backup/list-archives.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

export function renderArchives({ repo, archives }: ArchiveList, now: Date): string {
  if (archives.length === 0) return `${repo} has no archive yet. Make one with: borgboi backup daily --name ${repo}`
  return renderTable(
    archives.map(({ name, id, startedAt }) => [sanitizeForTerminal(name), formatWhen(startedAt, now), id.slice(0, 12)]),
  )
}

/** `-rw-r--r--   11.2 kB  2026-11-20 02:30  home/me/file` in local time. */
export function renderEntry({ mode, sizeBytes, modifiedAt, path, type, linkTarget }: ArchiveEntry): string {
  const size = type === 'file' ? formatBytes(sizeBytes) : ''
  const target = linkTarget === undefined ? '' : ` -> ${sanitizeForTerminal(linkTarget)}`
  return `${mode}  ${size.padStart(9)}  ${formatMinute(modifiedAt)}  ${sanitizeForTerminal(path)}${target}`
}
