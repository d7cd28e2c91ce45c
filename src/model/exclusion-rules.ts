// The rules a backup leaves things out by, in the order in which Borg asks them.

import { type CompiledPattern, compilePattern, splitStyle } from './borg-pattern.ts'
import type { RepoName } from './names.ts'

export interface ExclusionRule {
  readonly pattern: string
  /** Whose file it stands in; `borgboi`: in none, it is always there. */
  readonly scope: RepoName | 'shared' | 'borgboi'
  /** Counted from 1. */
  readonly line?: number
}

/** A rule that matches a path; one whose pattern only Borg can read may match it. */
export interface Match {
  readonly rule: ExclusionRule
  readonly certain: boolean
}

/** What Borg compares on systems that write one name in several ways. */
export type Comparable = (text: string) => string

export class ExclusionRules {
  readonly #rules: readonly { readonly rule: ExclusionRule; readonly compiled: CompiledPattern }[]
  readonly #comparable: Comparable

  /** `rules` as Borg is given them: it looks at the whole paths among them first. */
  constructor(rules: readonly ExclusionRule[], comparable: Comparable) {
    const isWhole = ({ pattern }: ExclusionRule) => splitStyle(pattern).style === 'pf'
    const ordered = [...rules.filter(isWhole), ...rules.filter((rule) => !isWhole(rule))]
    this.#rules = ordered.map((rule) => ({ rule, compiled: compilePattern(comparable(rule.pattern)) }))
    this.#comparable = comparable
  }

  /** The rules whose pattern cannot be read here, and why. */
  get unreadable(): readonly { readonly rule: ExclusionRule; readonly reason: string }[] {
    return this.#rules.flatMap(({ rule, compiled }) =>
      'matches' in compiled ? [] : [{ rule, reason: 'foreign' in compiled ? compiled.foreign : compiled.broken }],
    )
  }

  /** Every rule that matches an absolute path, in Borg's order: the first certain one decides. */
  matching(path: string): readonly Match[] {
    const compared = this.#comparable(path).replace(/^\/+/, '')
    const found: Match[] = []
    for (const { rule, compiled } of this.#rules) {
      if (!('matches' in compiled)) found.push({ rule, certain: false })
      else if (compiled.matches(compared)) found.push({ rule, certain: true })
    }
    return found
  }

  /** What becomes of a path by itself, whatever becomes of the directories it is in. */
  decide(path: string): Match | undefined {
    const found = this.matching(path)
    return found.find(({ certain }) => certain) ?? found[0]
  }
}
