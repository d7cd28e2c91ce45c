// Borg's warnings about single files and patterns, by kind. Borg 1.4 names the kind with a message id; 1.2 has none,
// there the errno in the text decides.

import type { Warning, WarningKind } from '../../model/run.ts'
import type { BorgMessage } from './message.ts'

/** A file's warning has the id of the exception behind it; a generic one has the id of its class. Source: Borg 1.4. */
const BY_MESSAGE_ID: Readonly<Record<string, WarningKind>> = {
  FileChangedWarning: 'file-changed',
  IncludePatternNeverMatchedWarning: 'pattern-unmatched',
  BackupRaceConditionError: 'file-changed',
  BackupPermissionError: 'permission-denied',
  BackupIOError: 'input-output',
  BackupFileNotFoundError: 'file-vanished',
  BackupOSError: 'file-unreadable',
  BackupError: 'file-unreadable',
}

const BY_ERRNO: Readonly<Record<string, WarningKind>> = {
  1: 'permission-denied',
  2: 'file-vanished',
  5: 'input-output',
  13: 'permission-denied',
}

const CHANGED = / file changed while we (?:backed it up|read it)/
const UNMATCHED = /^Include pattern '(.*)' never matched\.$/s

/** Undefined for messages that are no warning about a file or a pattern. */
export function toWarning(message: BorgMessage): Warning | undefined {
  if (message.type !== 'log' || message.level !== 'WARNING') return undefined
  const kind = kindOf(message.text, message.messageId)
  if (kind === undefined) return undefined
  const path = kind === 'pattern-unmatched' ? UNMATCHED.exec(message.text)?.[1] : pathOf(message.text)
  return {
    kind,
    message: message.text,
    ...(path === undefined ? {} : { path }),
  }
}

function kindOf(text: string, messageId: string | undefined): WarningKind | undefined {
  const byId = messageId === undefined ? undefined : BY_MESSAGE_ID[messageId]
  if (byId) return byId
  if (CHANGED.test(text)) return 'file-changed'
  if (UNMATCHED.test(text)) return 'pattern-unmatched'
  const errno = /\[Errno (\d+)\]/.exec(text)?.[1]
  return errno === undefined ? undefined : (BY_ERRNO[errno] ?? 'file-unreadable')
}

/** `some/path: open: [Errno 13] …` and `some/path: file changed …`. */
function pathOf(text: string): string | undefined {
  return /^(.+?): (?:\w+: )?(?:\[Errno \d+\]|file changed)/s.exec(text)?.[1]
}
