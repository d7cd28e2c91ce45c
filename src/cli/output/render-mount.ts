// Mounted archives in words.

import type { MountedArchives } from '../../workflows/backup/mount-archives.ts'
import { sanitizeForTerminal } from './format.ts'

export function renderMounted({ name, archive, directory }: MountedArchives, isOver: boolean): string {
  if (isOver) return renderUnmounted(directory)
  const what = archive === undefined ? `all archives of ${name}` : archive
  return [
    `✓ mounted   ${sanitizeForTerminal(what)}   ${sanitizeForTerminal(directory)}`,
    `! Backups of ${name} wait until it is unmounted:  borgboi backup umount ${sanitizeForTerminal(directory)}`,
  ].join('\n')
}

export function renderUnmounted(directory: string): string {
  return `✓ unmounted   ${sanitizeForTerminal(directory)}`
}
