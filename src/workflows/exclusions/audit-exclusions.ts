// `exclusions audit`: walks the sources as a backup would, and says which rules leave nothing out and where the bytes
// are. In constant memory: what is kept does not grow with the number of files.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { literalPathOf } from '../../model/borg-pattern.ts'
import type { StepHandlers } from '../../model/events.ts'
import { isInside } from '../../model/location.ts'
import { optional } from '../../model/repo.ts'
import type { SourceEntry } from '../../model/source-tree.ts'
import { findRecord } from '../shared/find-record.ts'
import {
  type BackupView,
  entryIfAllowed,
  isBeyond,
  leftOutWithoutRule,
  type PlacedRule,
  type ViewDeps,
  viewOf,
} from './verdict.ts'

export type AuditDeps = ViewDeps & Pick<Deps, 'stop'>

export interface AuditInput extends RepoTarget {
  readonly onProgress: NonNullable<StepHandlers['onProgress']>
}

/** What is backed up of something. */
export interface Amount {
  readonly files: number
  readonly bytes: number
}

export interface AuditedRule extends PlacedRule {
  /**
   * `used`: it leaves something out; `unused`: it matches nothing; `shadowed`: all that it matches is left out by `by`;
   * `unknown`: only Borg can read it.
   */
  readonly state: 'used' | 'unused' | 'shadowed' | 'unknown'
  /** Entries that it alone decided on: a directory counts once. */
  readonly leftOut: number
  readonly by?: PlacedRule
  /** Why it cannot match, where that is plain. */
  readonly advice?: string
}

export interface ExclusionAudit {
  readonly repo: string
  readonly sources: readonly (Amount & { readonly path: string })[]
  /** In the order of their files; borgboi's own is not among them. */
  readonly rules: readonly AuditedRule[]
  /** The largest directories that are backed up; one whose bytes are nearly all in one below it is not named. */
  readonly largest: readonly (Amount & { readonly path: string })[]
  /** Directories left out because they are tagged as caches. */
  readonly cacheDirectories: number
  /** What this user may not read: the first few, and how many. */
  readonly unreadable: { readonly count: number; readonly paths: readonly string[] }
}

/** @throws AppError `usage-invalid`, `repo-unknown`, `value-invalid`, `source-missing`, `interrupted` */
export async function auditExclusions(deps: AuditDeps, input: AuditInput): Promise<ExclusionAudit> {
  const record = await findRecord(deps, input)
  if (record.sources.length === 0) {
    throw new AppError('source-missing', `there is nothing to look at for ${record.name}`, {
      reason: 'this repo was recorded without a source directory',
      hint: `see it with: borgboi repo info --name ${record.name}`,
    })
  }
  const audit = new Audit(deps, await viewOf(deps, record), input.onProgress)
  const sources = []
  for (const path of record.sources) sources.push({ path, ...(await audit.source(path)) })
  return { repo: record.name, sources, ...audit.findings() }
}

const LARGEST_SHOWN = 10
const UNREADABLE_SHOWN = 10
/** A directory is named itself unless one in it has more than this share of its bytes. */
const MOST = 0.8

interface Tally {
  matched: number
  decided: number
  shadowedBy?: PlacedRule
}

class Audit {
  readonly #deps: AuditDeps
  readonly #view: BackupView
  readonly #onProgress: AuditInput['onProgress']
  readonly #tallies = new Map<PlacedRule, Tally>()
  readonly #largest = new Map<string, Amount>()
  readonly #unreadable = { count: 0, paths: [] as string[] }
  #cacheDirectories = 0
  readonly #done = { files: 0, bytes: 0 }

  constructor(deps: AuditDeps, view: BackupView, onProgress: AuditInput['onProgress']) {
    this.#deps = deps
    this.#view = view
    this.#onProgress = onProgress
    for (const rule of view.placed) this.#tallies.set(rule, { matched: 0, decided: 0 })
  }

  async source(path: string): Promise<Amount> {
    const entry = await entryIfAllowed(this.#deps, path)
    if (entry === 'denied' || entry === undefined) {
      throw new AppError('source-missing', `cannot look at ${path}`, {
        reason: entry === undefined ? 'it does not exist' : 'this user may not read it',
        hint: 'is its disk mounted?',
      })
    }
    const amount = { files: 0, bytes: 0 }
    await this.#add(entry, entry.device, amount)
    return amount
  }

  findings(): Omit<ExclusionAudit, 'repo' | 'sources'> {
    const rules = this.#view.placed.filter(({ scope }) => scope !== 'borgboi')
    return {
      rules: rules.map((rule) => this.#audited(rule)),
      largest: [...this.#largest].map(([path, amount]) => ({ path, ...amount })).sort((a, b) => b.bytes - a.bytes),
      cacheDirectories: this.#cacheDirectories,
      unreadable: this.#unreadable,
    }
  }

  /** Adds an entry with all below it to `amount`; its bytes, 0 where it is left out. */
  async #add(entry: SourceEntry, device: number, amount: { files: number; bytes: number }): Promise<number> {
    if (this.#isExcluded(entry.path)) return 0
    if (entry.kind !== 'directory') {
      if (entry.kind !== 'file') return 0
      amount.files++
      amount.bytes += entry.bytes
      this.#done.files++
      this.#done.bytes += entry.bytes
      return entry.bytes
    }
    const leftOut = await leftOutWithoutRule(this.#deps, this.#view, entry, device)
    if (leftOut?.kind === 'cache-directory') this.#cacheDirectories++
    if (leftOut || isBeyond(this.#view, entry, device)) return 0
    return await this.#addDirectory(entry.path, device, amount)
  }

  async #addDirectory(path: string, device: number, amount: { files: number; bytes: number }): Promise<number> {
    this.#requireNotStopped()
    this.#onProgress({ ...this.#done, path })
    const own = { files: 0, bytes: 0 }
    let mostInOne = 0
    try {
      for await (const entry of this.#deps.sourceTrees.entries(path)) {
        const bytes = await this.#add(entry, device, own)
        if (entry.kind === 'directory') mostInOne = Math.max(mostInOne, bytes)
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'file-denied') throw error
      this.#unreadable.count++
      if (this.#unreadable.paths.length < UNREADABLE_SHOWN) this.#unreadable.paths.push(path)
    }
    const isSource = this.#view.record.sources.includes(path)
    if (!isSource && own.bytes > 0 && mostInOne <= own.bytes * MOST) this.#rank(path, own)
    amount.files += own.files
    amount.bytes += own.bytes
    return own.bytes
  }

  #isExcluded(path: string): boolean {
    const matches = this.#view.rules.matching(path).filter(({ certain }) => certain)
    const [decider] = matches
    for (const { rule } of matches) {
      const tally = this.#tallies.get(rule)
      if (tally === undefined || decider === undefined) continue
      tally.matched++
      if (rule === decider.rule) tally.decided++
      else tally.shadowedBy ??= decider.rule
    }
    return decider !== undefined
  }

  #rank(path: string, amount: Amount): void {
    this.#largest.set(path, amount)
    if (this.#largest.size <= LARGEST_SHOWN) return
    const [least] = [...this.#largest].sort(([, a], [, b]) => a.bytes - b.bytes)
    if (least) this.#largest.delete(least[0])
  }

  #audited(rule: PlacedRule): AuditedRule {
    const { matched = 0, decided = 0, shadowedBy } = this.#tallies.get(rule) ?? {}
    if (decided > 0) return { ...rule, state: 'used', leftOut: decided }
    const unreadable = this.#view.rules.unreadable.find((other) => other.rule === rule)
    if (unreadable)
      return { ...rule, state: 'unknown', leftOut: 0, advice: `only Borg can read it: ${unreadable.reason}` }
    const by = shadowedBy ?? (matched === 0 ? this.#broaderThan(rule) : undefined)
    if (by) return { ...rule, state: 'shadowed', leftOut: 0, by }
    return { ...rule, state: 'unused', leftOut: 0, ...optional('advice', adviceOn(rule, this.#view.record.sources)) }
  }

  /** The rule that leaves out a directory which a rule without wildcards leads into: nothing of that is ever looked at. */
  #broaderThan(rule: PlacedRule): PlacedRule | undefined {
    const path = literalPathOf(rule.pattern)
    if (path === undefined) return undefined
    const names = path.split('/')
    for (const [index] of names.entries()) {
      const others = this.#view.rules.matching(`/${names.slice(0, index + 1).join('/')}`)
      const other = others.find((match) => match.certain && match.rule !== rule)
      if (other) return other.rule
    }
    return undefined
  }

  #requireNotStopped(): void {
    const { stop } = this.#deps
    if (!stop.aborted) return
    throw new AppError('interrupted', 'stopped looking at the sources', {
      reason: `borgboi got ${String(stop.reason)}`,
      hint: 'nothing was changed',
    })
  }
}

/** The two usual mistakes: a name alone, which is only the one in the root directory; a path in no source. */
function adviceOn({ pattern }: PlacedRule, sources: readonly string[]): string | undefined {
  const path = literalPathOf(pattern)
  if (path === undefined) return undefined
  if (/^(fm:|sh:)?[^/]+$/.test(pattern)) return `it means /${path} alone; for any depth write sh:**/${path}`
  const isNear = sources.some((source) => isInside(`/${path}`, source) || isInside(source, `/${path}`))
  return isNear ? undefined : `/${path} is in no source`
}
