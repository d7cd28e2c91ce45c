// `exclusions explain`: whether a path is backed up, and what decides it. Nothing has to be there: rules are asked of
// paths.

import type { RepoTarget } from '../../deps.ts'
import { isInside } from '../../model/location.ts'
import { optional, type RepoRecord } from '../../model/repo.ts'
import { findRecords } from '../shared/find-record.ts'
import {
  type BackupView,
  entryIfAllowed,
  isBeyond,
  type LeftOut,
  leftOutWithoutRule,
  type ViewDeps,
  viewOf,
} from './verdict.ts'

export interface ExplainInput extends RepoTarget {
  /** Absolute. */
  readonly paths: readonly string[]
}

export interface Explanation {
  readonly path: string
  readonly repo: string
  /** `unknown`: only Borg can read the pattern that decides. */
  readonly verdict: 'backed-up' | 'left-out' | 'no-source' | 'unknown'
  /** Whether there is something of that name now. */
  readonly exists: boolean
  /** Where the links of the path lead; it is what was looked at. */
  readonly realPath?: string
  /** The source it is in. */
  readonly source?: string
  /** What is left out: the path itself, or the directory that it goes with. */
  readonly at?: string
  readonly because?: LeftOut
}

/** Every repo, unless one is named. @throws AppError `usage-invalid`, `repo-unknown`, `value-invalid` */
export async function explainExclusions(deps: ViewDeps, input: ExplainInput): Promise<readonly Explanation[]> {
  const { name, path, paths } = input
  const records = await findRecords(deps, { name, path, all: name === undefined && path === undefined })
  const views = await Promise.all(records.map((record) => viewOf(deps, record)))
  const explained: Explanation[] = []
  for (const asked of paths) for (const view of views) explained.push(await explain(deps, view, asked))
  return explained
}

async function explain(deps: ViewDeps, view: BackupView, asked: string): Promise<Explanation> {
  const real = await deps.sourceTrees.realPath(asked)
  // A source may be named through a link, and so may a path in it: as Borg names it comes first.
  const path = sourcesOf(view.record, asked).length > 0 ? asked : real
  const base = { path: asked, repo: view.record.name, ...optional('realPath', path === asked ? undefined : real) }
  const judged: Judgement[] = []
  for (const source of sourcesOf(view.record, path)) judged.push(await judge(deps, view, source, path))
  const [best] = (['backed-up', 'unknown', 'left-out'] as const).flatMap((verdict) =>
    judged.filter((judgement) => judgement.verdict === verdict),
  )
  if (best) return { ...base, ...best }
  return { ...base, verdict: 'no-source', exists: (await entryIfAllowed(deps, path)) !== undefined }
}

function sourcesOf({ sources }: RepoRecord, path: string): readonly string[] {
  return sources.filter((source) => isInside(path, source))
}

type Judgement = Omit<Explanation, 'path' | 'repo' | 'realPath'> & { readonly source: string }

async function judge(deps: ViewDeps, view: BackupView, source: string, path: string): Promise<Judgement> {
  const base = { exists: (await present(deps, path)) !== undefined, source }
  const device = (await present(deps, source))?.device ?? 0
  let doubt: Pick<Judgement, 'at' | 'because'> | undefined
  for (const at of stepsTo(source, path)) {
    const match = view.rules.decide(at)
    if (match?.certain) return { ...base, verdict: 'left-out', at, because: { kind: 'rule', rule: match.rule } }
    if (match) doubt ??= { at, because: { kind: 'rule', rule: match.rule } }
    const because = await barredAt(deps, view, at, { device, isLast: at === path })
    if (because) return { ...base, verdict: 'left-out', at, because }
  }
  return { ...base, verdict: doubt ? 'unknown' : 'backed-up', ...doubt }
}

/** What other than a rule keeps Borg from storing what is at `at`, or below it where that is not the last step. */
async function barredAt(
  deps: ViewDeps,
  view: BackupView,
  at: string,
  { device, isLast }: { readonly device: number; readonly isLast: boolean },
): Promise<LeftOut | undefined> {
  const entry = await entryIfAllowed(deps, at)
  if (entry === undefined) return undefined
  if (entry === 'denied') return { kind: 'unreadable' }
  const leftOut = await leftOutWithoutRule(deps, view, entry, device)
  if (leftOut || isLast) return leftOut
  if (entry.kind === 'link') return { kind: 'link' }
  return isBeyond(view, entry, device) ? { kind: 'other-file-system' } : undefined
}

async function present(deps: ViewDeps, path: string) {
  const entry = await entryIfAllowed(deps, path)
  return entry === 'denied' ? undefined : entry
}

/** `/a`, `/a/b`, `/a/b/c` from `/a` to `/a/b/c`. */
function stepsTo(source: string, path: string): readonly string[] {
  const root = source === '/' ? '' : source
  const names = path
    .slice(root.length)
    .split('/')
    .filter((name) => name !== '')
  return [source, ...names.map((_, index) => `${root}/${names.slice(0, index + 1).join('/')}`)]
}
