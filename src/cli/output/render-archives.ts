// Archives and what they hold, in words.

import type { ArchiveChange, ArchiveEntry, AttributeChange } from '../../model/archive.ts'
import { formatBytes, formatMinute } from '../../model/words.ts'
import type { ArchiveList } from '../../workflows/backup/list-archives.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

export function renderArchives({ repo, archives }: ArchiveList, now: Date): string {
  if (archives.length === 0) return `${repo} has no archive yet. Make one with: borgboi backup daily --name ${repo}`
  return renderTable(
    archives.map(({ name, id, startedAt, held, comment }) => [
      sanitizeForTerminal(name),
      formatWhen(startedAt, now),
      id.slice(0, 12),
      ...(archives.some((archive) => archive.held) ? [held ? 'held' : ''] : []),
      ...(comment === undefined ? [] : [sanitizeForTerminal(comment)]),
    ]),
  )
}

/** `-rw-r--r--   11.2 kB  2026-11-20 02:30  home/me/file` in local time. */
export function renderEntry({ mode, sizeBytes, modifiedAt, path, type, linkTarget }: ArchiveEntry): string {
  const size = type === 'file' ? formatBytes(sizeBytes) : ''
  const target = linkTarget === undefined ? '' : ` -> ${sanitizeForTerminal(linkTarget)}`
  return `${mode}  ${size.padStart(9)}  ${formatMinute(modifiedAt)}  ${sanitizeForTerminal(path)}${target}`
}

/** `+ added`, `- removed`, `~ modified`, and a dot for what differs in nothing but mode, owner or times. */
const SIGNS: Readonly<Record<ArchiveChange['kind'], string>> = {
  added: '+',
  removed: '-',
  modified: '~',
  attributes: '.',
}

/** `~    +11.2 kB    -10.8 kB  home/me/file  (mode -rw-r--r-- → -rwxr-xr-x, mtime)` */
export function renderChange({ kind, path, addedBytes, removedBytes, attributes }: ArchiveChange): string {
  const size = (sign: string, bytes: number | undefined) =>
    (bytes === undefined ? '' : `${sign}${formatBytes(bytes)}`).padStart(10)
  const details = attributes.length === 0 ? '' : `  (${attributes.map(renderAttribute).join(', ')})`
  return `${SIGNS[kind]} ${size('+', addedBytes)} ${size('-', removedBytes)}  ${sanitizeForTerminal(path)}${details}`
}

function renderAttribute({ name, before, after }: AttributeChange): string {
  return name === 'mode' || name === 'owner' ? sanitizeForTerminal(`${name} ${before} → ${after}`) : name
}
