// What a backup of a repo does with an entry of its sources, as Borg's create walks them: from the source down, an entry
// that is left out is left out with everything in it.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { type ExclusionRule, ExclusionRules } from '../../model/exclusion-rules.ts'
import { exclusionLines } from '../../model/exclusions.ts'
import { isRemote } from '../../model/location.ts'
import { STAGING_EXCLUSION } from '../../model/overwrite.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { SourceEntry } from '../../model/source-tree.ts'

export type ViewDeps = Pick<Deps, 'repos' | 'config' | 'exclusions' | 'borg' | 'sourceTrees'>

/** A rule as people find it. */
export interface PlacedRule extends ExclusionRule {
  /** The file it stands in. */
  readonly file?: string
}

export type LeftOut =
  | { readonly kind: 'rule'; readonly rule: PlacedRule }
  /** Has a CACHEDIR.TAG; is the repository itself; is Borg's own cache; is a socket. */
  | { readonly kind: 'cache-directory' | 'repository' | 'borg-cache' | 'socket' }
  /** Only what is below: Borg stores a link, and the mount point of another file system, but looks behind neither. */
  | { readonly kind: 'link' | 'other-file-system' }
  | { readonly kind: 'unreadable' }

/** Everything that decides, looked up once. */
export interface BackupView {
  readonly record: RepoRecord
  readonly rules: ExclusionRules
  readonly placed: readonly PlacedRule[]
  readonly oneFileSystem: boolean
  readonly excludeCaches: boolean
  /** Directories that Borg never reads, by their identity. */
  readonly own: ReadonlyMap<string, 'repository' | 'borg-cache'>
}

/** @throws AppError `value-invalid` where a backup could not use the exclusions either */
export async function viewOf(deps: ViewDeps, record: RepoRecord): Promise<BackupView> {
  const { borg } = await deps.config.load()
  const placed: PlacedRule[] = [
    ...(await rulesIn(deps, 'shared')),
    ...(await rulesIn(deps, record.name)),
    { pattern: STAGING_EXCLUSION, scope: 'borgboi' },
  ]
  const own = new Map<string, 'repository' | 'borg-cache'>()
  for (const [path, kind] of [
    [await deps.borg.cacheDirectory(), 'borg-cache'],
    ...(isRemote(record.path) ? [] : [[record.path, 'repository'] as const]),
  ] as const) {
    const entry = await deps.sourceTrees.entry(await deps.sourceTrees.realPath(path))
    if (entry) own.set(entry.identity, kind)
  }
  return {
    record,
    placed,
    rules: new ExclusionRules(placed, deps.sourceTrees.comparable),
    oneFileSystem: borg.one_file_system,
    excludeCaches: borg.exclude_caches,
    own,
  }
}

async function rulesIn(deps: ViewDeps, scope: RepoRecord['name'] | 'shared'): Promise<PlacedRule[]> {
  const patterns = await deps.exclusions.patterns(scope)
  const lines = exclusionLines((await deps.exclusions.read(scope)) ?? '')
  const file = deps.exclusions.path(scope)
  return patterns.map((pattern, index) => ({ pattern, scope, file, line: lines[index]?.line ?? 0 }))
}

/** Why an entry is left out although no rule matches it. `sourceDevice`: of the source that it is in. */
export async function leftOutWithoutRule(
  deps: Pick<Deps, 'sourceTrees'>,
  view: BackupView,
  entry: SourceEntry,
  sourceDevice: number,
): Promise<LeftOut | undefined> {
  const own = view.own.get(entry.identity)
  if (own !== undefined) return { kind: own }
  if (entry.kind === 'socket') return { kind: 'socket' }
  if (entry.kind !== 'directory' || !view.excludeCaches || isBeyond(view, entry, sourceDevice)) return undefined
  return (await deps.sourceTrees.isTaggedCache(entry.path)) ? { kind: 'cache-directory' } : undefined
}

/** Whether Borg stores the directory, but nothing that is in it. */
export function isBeyond(view: BackupView, { device }: SourceEntry, sourceDevice: number): boolean {
  return view.oneFileSystem && device !== sourceDevice
}

/** Undefined where this user may not look. */
export async function entryIfAllowed(
  deps: Pick<Deps, 'sourceTrees'>,
  path: string,
): Promise<SourceEntry | 'denied' | undefined> {
  try {
    return await deps.sourceTrees.entry(path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'file-denied') return 'denied'
    throw error
  }
}
