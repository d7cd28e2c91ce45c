// Where a repository is: an absolute directory of this machine, or one that Borg reaches over ssh.

import { isAbsolute, relative, resolve } from 'node:path'
import { refuse } from './validate.ts'

/**
 * The location as it is recorded: a local path made absolute (from `cwd`) and plain, `ssh://…` and `user@host:path` as
 * they are. @throws AppError `value-invalid`
 */
export function parseRepositoryPath(value: string, cwd: string): string {
  const hint = 'write it like /mnt/backup/docs or ssh://me@nas/./backup/docs'
  if (value === '' || /\p{Cc}/u.test(value))
    refuse('repository path', value, 'it is empty or has control characters', hint)
  // In brackets on the way to another machine it is part of an IPv6 address.
  if ((isRemote(value) ? value.replace(/\[[^\]/]*\]/, '') : value).includes('::'))
    refuse('repository path', value, 'Borg takes "::" for the start of an archive name', hint)
  if (/^(?!ssh:)[a-z0-9]+:\/\//i.test(value))
    refuse('repository path', value, 'Borg reaches repositories by path or ssh only', hint)
  if (!isRemote(value)) return resolve(cwd, value)
  if (/^(ssh:\/\/)?([^@/]*@)?-/i.test(value))
    refuse('repository path', value, 'ssh would take a host that starts with "-" for an option', hint)
  return value
}

/** Borg's two ways of writing a repository on another machine. A leading slash or dot makes anything a path. */
export function isRemote(path: string): boolean {
  return /^ssh:\/\//i.test(path) || /^[^/.][^/]*:/.test(path)
}

/** Whether `inner` is `outer` or below it; both absolute. */
export function isInside(inner: string, outer: string): boolean {
  const way = relative(outer, inner)
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way))
}
