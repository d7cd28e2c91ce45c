// What becomes of a configuration of borgmatic here: plans and remarks, nothing done.

import type { Config } from '../../config/schema.ts'
import { AppError } from '../../errors.ts'
import type { BorgmaticConfig } from '../../model/borgmatic.ts'
import { type Compression, parseCompression } from '../../model/compression.ts'
import type { Finding } from '../../model/finding.ts'
import { nearestRepoName, type RepoName } from '../../model/names.ts'
import { parseRetention, RETENTION_COUNTS, type RetentionPolicy, retentionText } from '../../model/retention.ts'

/** Tells a person what is different, or left to them. */
export type Tell = (subject: string, message: string, hint: string) => void

export function teller(findings: Finding[]): Tell {
  return (subject, message, hint) => void findings.push({ level: 'warning', subject, message, hint })
}

/** Without any rule borgmatic prunes nothing, and so does this. */
export function planRetention({ keep }: BorgmaticConfig, tell: Tell): RetentionPolicy {
  const known = ['within', ...RETENTION_COUNTS] as readonly string[]
  const unknown = Object.keys(keep).filter((rule) => !known.includes(rule))
  if (unknown.length > 0) {
    const rules = unknown.map((rule) => `keep_${rule}`).join(', ')
    tell(rules, 'there is no such rule here, and it is left out', 'see: borgboi help retention')
  }
  const rules = Object.fromEntries(Object.entries(keep).filter(([rule]) => known.includes(rule)))
  try {
    return parseRetention(rules)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const policy: RetentionPolicy = { last: -1 }
    const hint = 'choose a policy: borgboi repo retention set --name NAME daily=7,weekly=4,monthly=6'
    tell('retention', `${error.reason ?? error.message}: every archive is kept (${retentionText(policy)})`, hint)
    return policy
  }
}

export function planCompression({ compression }: BorgmaticConfig, tell: Tell): Compression | undefined {
  if (compression === undefined) return undefined
  try {
    return parseCompression(compression)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    tell('compression', `${compression}: ${error.reason}`, "borgboi's own is used: borgboi config show")
    return undefined
  }
}

/** The label, else the last part of the path without `.borg`. */
export function planName({ path, label }: BorgmaticConfig['repositories'][number]): RepoName {
  const last = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  return nearestRepoName(label ?? last.replace(/\.borg$/, ''))
}

const HAS_WILDCARD = /[*?[]/

/** Absolute directories; whatever else is told. */
export function planSources({ sources, patterns, workingDirectory }: BorgmaticConfig, tell: Tell): readonly string[] {
  const roots = patterns.flatMap((line) => /^[Rr]\s+(.+)$/.exec(line.trim())?.[1] ?? [])
  return [...new Set([...sources, ...roots])].flatMap((source) => {
    if (HAS_WILDCARD.test(source)) {
      tell(
        source,
        'has wildcards, and is not backed up: a source here is one directory',
        'name the directories themselves',
      )
      return []
    }
    if (source.startsWith('/')) return [source]
    if (workingDirectory?.startsWith('/')) return [`${workingDirectory}/${source}`]
    tell(source, 'is not an absolute path, and is not backed up', 'name the whole path')
    return []
  })
}

export interface PlannedExclusions {
  /** Patterns that hold here too, in their order. */
  readonly patterns: readonly string[]
  /** What would have to be included again, and what that may be taken out of: nothing of it is left out. */
  readonly undecided: readonly string[]
}

/**
 * The first match counts in Borg: what stands behind a `+` line may be included again by it, and leaving that out would
 * lose files. So nothing behind it is taken.
 */
export function planExclusions({ patterns, excludePatterns }: BorgmaticConfig): PlannedExclusions {
  const taken: string[] = []
  const undecided: string[] = []
  let style = 'sh'
  let hasInclude = false
  for (const line of patterns.map((text) => text.trim())) {
    const [, command = '', rest = ''] = /^([-!+RrPp])\s*(.*)$/s.exec(line) ?? []
    if (/^[Pp]$/.test(command)) style = rest
    else if (command === '+') {
      hasInclude = true
      undecided.push(line)
    } else if (command === '-' || command === '!') {
      if (hasInclude) undecided.push(line)
      else taken.push(/^[\p{L}\p{N}]{2}:/u.test(rest) ? rest : `${style}:${rest}`)
    }
  }
  if (hasInclude) return { patterns: taken, undecided: [...undecided, ...excludePatterns] }
  return { patterns: [...taken, ...excludePatterns], undecided }
}

/** What holds for all repos here, and is set otherwise than borgmatic has it. */
export function tellSettings(borgmatic: BorgmaticConfig, { borg }: Config, tell: Tell): void {
  const { excludeCaches, oneFileSystem, excludeIfPresent, others } = borgmatic
  const { archiveNameFormat = '{hostname}-{now}' } = borgmatic
  if (excludeCaches !== borg.exclude_caches) {
    const message = `directories tagged as caches are ${borg.exclude_caches ? 'left out' : 'backed up'} here`
    tell('exclude_caches', message, `to have it as before: borg.exclude_caches: ${excludeCaches}`)
  }
  if (oneFileSystem !== borg.one_file_system) {
    const message = borg.one_file_system
      ? 'other file systems are left out here'
      : 'other file systems are backed up too'
    tell('one_file_system', message, `to have it as before: borg.one_file_system: ${oneFileSystem}`)
  }
  if (excludeIfPresent.length > 0) {
    const message = `directories with ${excludeIfPresent.join(' or ')} in them are backed up here`
    tell('exclude_if_present', message, 'leave those out by their paths: borgboi exclusions add --name NAME pp:/path')
  }
  const message = `archives are called NAME-2026-11-20T02:30:04 from now on; those called ${archiveNameFormat} stay`
  tell('archive_name_format', message, 'prune leaves them alone: when you need them no more, borgboi backup delete')
  if (others.length > 0) {
    tell(others.join(', '), 'is not taken over', 'hooks, checks and the like are set up here anew: borgboi --help')
  }
}
