// Paths in archives, from what people type and back to what they are told.

import { join } from 'node:path'
import { AppError } from '../../errors.ts'

/**
 * Paths as the archive has them: no leading slash. `Documents/taxes` means the one below the source
 * `/home/me/Documents`; what fits no source is taken as it is. Empty stands for everything, as `/` does.
 */
export function archivePaths(typed: readonly string[], sources: readonly string[]): string[] {
  const paths = typed.map((path) => archivePath(path, sources))
  return paths.includes('') ? [] : paths
}

function archivePath(path: string, sources: readonly string[]): string {
  const clean = path.replace(/\/+$/, '').replace(/^(\.\/)+/, '')
  if (clean.startsWith('/')) return clean.replace(/^\/+/, '')
  const home = sources.find((source) => clean.split('/')[0] === source.split('/').at(-1))
  return home === undefined ? clean : join(home, '..', clean).slice(1)
}

/** @throws AppError `path-unknown` for paths that nothing in any of the archives matched */
export function requireMatched(unmatched: readonly string[], archive: string, ...others: readonly string[]): void {
  if (unmatched.length === 0) return
  throw new AppError(
    'path-unknown',
    `${unmatched.join(', ')}: no such path in ${[archive, ...others].join(' nor in ')}`,
    {
      reason: 'nothing there matches it',
      hint: `look for it with: borgboi backup contents --archive ${archive}`,
    },
  )
}
