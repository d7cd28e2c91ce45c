// Where Borg keeps what is its own: keys, what it knows of repositories (their place, the newest state it saw, the
// counter of encrypted blocks), caches. Source: borg/helpers/fs.py, the same in Borg 1.2 and 1.4.

import { join } from 'node:path'
import { statIfAny } from '../platform/files.ts'
import { removeEntry, renameEntry } from '../platform/trees.ts'
import { ownHome } from '../platform/user.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface BorgPlaces {
  readonly keys: string
  /** Below it a directory for each repository, named by its id; so with `cache`. */
  readonly security: string
  readonly cache: string
}

/** All of it is below the base directory unless one of these says otherwise. */
export const PLACE_VARIABLES = [
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'BORG_BASE_DIR',
  'BORG_CACHE_DIR',
  'BORG_CONFIG_DIR',
  'BORG_SECURITY_DIR',
  'BORG_KEYS_DIR',
] as const

/** What Borg makes of its environment: XDG's variables count only without BORG_BASE_DIR. */
export function borgPlaces(env: Environment): BorgPlaces {
  const ownBase = env['BORG_BASE_DIR']
  const base = ownBase || env['HOME'] || ownHome()
  const xdg = ownBase ? {} : env
  const config = env['BORG_CONFIG_DIR'] ?? join(xdg['XDG_CONFIG_HOME'] ?? join(base, '.config'), 'borg')
  return {
    keys: env['BORG_KEYS_DIR'] ?? join(config, 'keys'),
    security: env['BORG_SECURITY_DIR'] ?? join(config, 'security'),
    cache: env['BORG_CACHE_DIR'] ?? join(xdg['XDG_CACHE_HOME'] ?? join(base, '.cache'), 'borg'),
  }
}

/**
 * The environment with what Borg knows and caches below one directory, if there is one. Its keys stay where the person's
 * Borg has them: without them a keyfile repository cannot be opened.
 */
export function withBaseDirectory(env: Environment, directory: string | undefined): Environment {
  if (directory === undefined) return env
  const rest = Object.entries(env).filter(([name]) => !PLACE_VARIABLES.some((place) => place === name))
  return { ...Object.fromEntries(rest), BORG_BASE_DIR: directory, BORG_KEYS_DIR: borgPlaces(env).keys }
}

/**
 * Borg takes the repository in whatever state and place it meets it next. The counter it keeps stays: with a smaller one
 * it could encrypt different data with the same numbers. Source: borg FAQ, "I get ... replay attack"; borg/cache.py.
 */
export async function forgetStateAndPlace(env: Environment, repositoryId: string): Promise<void> {
  const { security, cache } = borgPlaces(env)
  for (const name of ['manifest-timestamp', 'location']) await removeEntry(join(security, repositoryId, name))
  const directory = join(cache, repositoryId)
  if ((await statIfAny(directory)) === undefined) return
  // Out of Borg's sight at once: half a cache is one that it takes for damaged.
  const gone = `${directory}.gone`
  await removeEntry(gone)
  await renameEntry(directory, gone)
  await removeEntry(gone)
}
