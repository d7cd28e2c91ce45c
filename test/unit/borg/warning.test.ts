import { describe, expect, it } from 'vitest'
import type { BorgMessage } from '../../../src/borg/output/message.ts'
import { toWarning } from '../../../src/borg/output/warning.ts'

const warning = (text: string, messageId?: string, level = 'WARNING'): BorgMessage => ({
  type: 'log',
  level,
  logger: 'borg.archiver',
  text,
  ...(messageId === undefined ? {} : { messageId }),
})

/** Text, path, Borg 1.4's id (1.2 gives none), kind. */
const KINDS = [
  ['/a b: file changed while we backed it up', '/a b', 'FileChangedWarning', 'file-changed'],
  ["/a: open: [Errno 13] Permission denied: 'a'", '/a', 'BackupPermissionError', 'permission-denied'],
  ["/a: open: [Errno 1] Operation not permitted: 'a'", '/a', 'BackupPermissionError', 'permission-denied'],
  ["/a: stat: [Errno 2] No such file or directory: '/a'", '/a', 'BackupFileNotFoundError', 'file-vanished'],
  ['/a: read: [Errno 5] Input/output error', '/a', 'BackupIOError', 'input-output'],
  ['/a: read: [Errno 74] Bad message', '/a', 'BackupOSError', 'file-unreadable'],
  ["Include pattern 'no/such' never matched.", 'no/such', 'IncludePatternNeverMatchedWarning', 'pattern-unmatched'],
] as const

describe('a warning about a file', () => {
  it.each(KINDS)('%s', (text, path, messageId, kind) => {
    expect(toWarning(warning(text, messageId))).toEqual({ kind, path, message: text })
    expect(toWarning(warning(text))).toEqual({ kind, path, message: text })
  })

  it('is told by its id before its text', () => {
    const text = '/a: file type or inode changed while we backed it up (race condition, skipped file)'

    expect(toWarning(warning(text, 'BackupRaceConditionError'))).toMatchObject({ kind: 'file-changed' })
    expect(toWarning(warning('/a: backup error', 'BackupError'))).toEqual({
      kind: 'file-unreadable',
      message: '/a: backup error',
    })
  })

  it('keeps a path that has colons, brackets and line ends', () => {
    const text = '/a: [b]\n: c: open: [Errno 13] Permission denied'

    expect(toWarning(warning(text))).toMatchObject({ path: '/a: [b]\n: c' })
  })

  it('is no warning about a lock, and no error', () => {
    expect(toWarning(warning('Removed stale exclusive lock for host@1.12-0.'))).toBeUndefined()
    expect(toWarning(warning('/a: open: [Errno 13] Permission denied', undefined, 'ERROR'))).toBeUndefined()
    expect(toWarning({ type: 'raw', text: '[Errno 13]' })).toBeUndefined()
  })
})
