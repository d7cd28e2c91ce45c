// Locks of repositories in words.

import type { BrokenLock } from '../../workflows/repo/break-lock.ts'
import { sanitizeForTerminal } from './format.ts'

export function renderBrokenLock({ name, held, broken, dryRun }: BrokenLock): string {
  const holder = held === undefined ? 'nobody' : sanitizeForTerminal(held.description)
  if (broken) return `✓ lock of ${name} broken   it was held by ${holder}`
  if (held === undefined && !dryRun)
    return `· ${name} is not locked (a lock of Borg's cache alone is broken with --force)`
  return `· lock of ${name} would be broken   it is held by ${holder}`
}
