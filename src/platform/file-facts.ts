// What tells one state of a file from another without reading it, and second names of files. Each call takes some
// microseconds and is made for tens of thousands of files, so none of them gives way to anything else.

import { linkSync, mkdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { systemCode, toFileError } from './files.ts'

export interface FileFacts {
  readonly size: number
  readonly mtimeMs: number
  /**
   * Device, inode, size, time of the content and time of the inode, which nobody can set back; a link or an unlink of
   * any name of the file moves the last one.
   */
  readonly identity: string
}

/** Undefined where there is no such file. @throws AppError `file-denied`, `file-unusable` */
export function fileFactsIfAny(path: string): FileFacts | undefined {
  try {
    const facts = statSync(path, { throwIfNoEntry: false })
    if (!facts?.isFile()) return undefined
    const { dev, ino, size, mtimeMs, ctimeMs } = facts
    // Times to a quarter of a microsecond, in half the time that nanoseconds take. A joined string lies in one piece; a
    // template would keep its ten.
    return { size, mtimeMs, identity: [dev, ino, size, mtimeMs, ctimeMs].join(':') }
  } catch (error) {
    throw toFileError(error, 'look at', path)
  }
}

/** Whether it is the same file with the same content, though links of it may have come or gone. */
export function hasSameContent(
  { identity: one }: Pick<FileFacts, 'identity'>,
  { identity: other }: Pick<FileFacts, 'identity'>,
): boolean {
  return one.slice(0, one.lastIndexOf(':')) === other.slice(0, other.lastIndexOf(':'))
}

/** What file systems say that have no hard links, or not for this file, this user or these two places. */
const NO_LINKS = ['EPERM', 'EACCES', 'EROFS', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Gives a file a second name. `gone`: it is not there any more. @throws AppError `disk-full`, `file-unusable` */
export function hardLink(path: string, name: string): 'linked' | 'gone' | 'impossible' {
  try {
    linkSync(path, name)
    return 'linked'
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (code === 'ENOENT') return 'gone'
    if (NO_LINKS.includes(code)) return 'impossible'
    throw toFileError(error, 'link', path)
  }
}

/** A new directory for names of files; false where this user or this file system cannot have one. */
export function makeLinkDirectory(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (NO_LINKS.includes(systemCode(error) ?? '')) return false
    throw toFileError(error, 'make the directory', path)
  }
}

/** Removes one name of a file; not there is fine. */
export function removeName(path: string): void {
  tolerating('ENOENT', path, () => unlinkSync(path))
}

/** Removes a directory that is empty; not there is fine. */
export function removeEmptyDirectory(path: string): void {
  tolerating('ENOENT', path, () => rmdirSync(path))
}

function tolerating(code: string, path: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    if (systemCode(error) !== code) throw toFileError(error, 'remove', path)
  }
}
