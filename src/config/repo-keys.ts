// The keys of one repo, each below `repos.NAME`; what is not set there is as for all repos.

import { asIs, type Key, key, text } from './key.ts'

export const REPO_KEYS = {
  'hooks.before': key(text, asIs<string>, undefined, 'A script to run before its backups, after that for all repos.'),
  'hooks.after': key(text, asIs<string>, undefined, 'A script to run after a backup that worked.'),
  'hooks.on_error': key(text, asIs<string>, undefined, 'A script to run after a backup that failed.'),
  'hooks.finally': key(text, asIs<string>, undefined, 'A script to run at the end, however it ended.'),
} as const satisfies Record<string, Key<unknown>>

export function buildRepo(values: Readonly<Record<string, unknown>>): unknown {
  const hooks = Object.entries(values).map(([leaf, value]) => [leaf.replace('hooks.', ''), value])
  return { hooks: Object.fromEntries(hooks) }
}
