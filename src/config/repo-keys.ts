// The keys of one repo, each below `repos.NAME`; what is not set there is as for all repos.

import type { ProofSettings } from '../model/proofs.ts'
import { asIs, drillFrom, flag, type Key, key, share, text } from './key.ts'

export const REPO_KEYS = {
  'hooks.before': key(text, asIs<string>, undefined, 'A script to run before its backups, after that for all repos.'),
  'hooks.after': key(text, asIs<string>, undefined, 'A script to run after a backup that worked.'),
  'hooks.on_error': key(text, asIs<string>, undefined, 'A script to run after a backup that failed.'),
  'hooks.finally': key(text, asIs<string>, undefined, 'A script to run at the end, however it ended.'),
  'schedule.drill_from': drillFrom(undefined, 'Where scheduled drills of it restore from.'),
  'schedule.verify': key(flag, asIs<boolean>, undefined, 'Whether scheduled runs verify it.'),
  'breaker.max_change': key(
    text,
    share,
    undefined,
    'As for all repos, of this one; none where a lot of change is usual.',
  ),
} as const satisfies Record<string, Key<unknown>>

/** Scripts for the shell, by when they run. */
export interface Hooks {
  readonly before?: string
  readonly after?: string
  readonly on_error?: string
  readonly finally?: string
}

export interface RepoConfig {
  readonly hooks: Hooks
  readonly schedule: Partial<ProofSettings>
  readonly breaker: { readonly max_change?: number }
}

export function buildRepo(values: Readonly<Record<string, unknown>>): unknown {
  const section = (name: string) => {
    const own = Object.entries(values).filter(([leaf]) => leaf.startsWith(`${name}.`))
    return Object.fromEntries(own.map(([leaf, value]) => [leaf.slice(name.length + 1), value]))
  }
  return { hooks: section('hooks'), schedule: section('schedule'), breaker: section('breaker') }
}
