// Which archive a command works on: --archive, as everywhere, or the first word where that can be nothing else.

import { Option } from 'clipanion'
import { AppError } from '../errors.ts'

export function archiveOption() {
  return Option.String('--archive,-a', { description: 'the archive by name, or latest; in place of the first word' })
}

export function archivesOption() {
  return Option.Array('--archive,-a', [], {
    description: 'an archive by name, or latest; give it again for more, or name them as words',
  })
}

/** @throws AppError `usage-invalid` for none, and for two */
export function oneArchive(option: string | undefined, word: string | undefined): string {
  const [archive, ...more] = someArchives([option, word].filter((named) => named !== undefined))
  if (archive !== undefined && more.length === 0) return archive
  throw new AppError('usage-invalid', 'cannot tell which archive is meant', {
    reason: `it was named twice: ${option} and ${word}`,
    hint: 'name it with --archive, or as the first word',
  })
}

/** @throws AppError `usage-invalid` for none */
export function someArchives(named: readonly string[]): readonly string[] {
  if (named.length > 0) return named
  throw new AppError('usage-invalid', 'no archive was named', {
    reason: 'this command does not choose one by itself',
    hint: 'name it, for example: --archive latest; the names there are: borgboi backup list',
  })
}
