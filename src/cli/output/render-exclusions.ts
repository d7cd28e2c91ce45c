// Exclusions in words.

import type { Explanation } from '../../workflows/exclusions/explain-exclusions.ts'
import type { RemoveExclusionResult } from '../../workflows/exclusions/remove-exclusion.ts'
import type { ShowExclusionsResult } from '../../workflows/exclusions/show-exclusions.ts'
import type { LeftOut, PlacedRule } from '../../workflows/exclusions/verdict.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

export function renderExclusions({ path, exists, exclusions }: ShowExclusionsResult): string {
  if (exclusions.length === 0) return `nothing is left out: ${exists ? 'no pattern in' : 'there is no file'} ${path}`
  const rows = exclusions.map(({ line, pattern, problem }) => [
    String(line),
    sanitizeForTerminal(pattern),
    problem === undefined ? '' : `! ${problem}`,
  ])
  return `${path}\n${renderTable(rows, [0])}`
}

export function renderRemoved({ path, removed }: RemoveExclusionResult): string {
  return removed
    .map(({ line, text }) => `✓ removed   ${sanitizeForTerminal(text)}   line ${line} of ${path}`)
    .join('\n')
}

/** `*.tmp (line 3 of /home/me/.borgboi/data/exclusions/docs.txt)` */
export function renderRule({ pattern, line, file }: PlacedRule): string {
  const place = file === undefined ? 'of borgboi itself' : `line ${line} of ${file}`
  return sanitizeForTerminal(`${pattern} (${place})`)
}

export function renderExplanations(explanations: readonly Explanation[]): string {
  return explanations.map(renderExplanation).join('\n')
}

function renderExplanation(explanation: Explanation): string {
  const { repo, verdict, exists, realPath, at, because } = explanation
  const path = sanitizeForTerminal(explanation.path)
  const details = [
    ...(realPath === undefined ? [] : [`it leads to ${realPath}`]),
    ...(because === undefined || at === undefined ? [] : [reason(because, at, at === (realPath ?? explanation.path))]),
    ...(exists ? [] : ['there is nothing of that name now']),
  ]
  const lines = details.map((detail) => `\n    ${sanitizeForTerminal(detail)}`).join('')
  switch (verdict) {
    case 'backed-up':
      return `✓ ${path}: ${exists ? 'is' : 'would be'} backed up into ${repo}${lines}`
    case 'left-out':
      return `· ${path}: is left out of ${repo}${lines}`
    case 'no-source':
      return `! ${path}: is in no source of ${repo}${lines}`
    default:
      return `! ${path}: only Borg can tell whether it is in ${repo}${lines}`
  }
}

const REASONS: Record<Exclude<LeftOut['kind'], 'rule'>, (at: string) => string> = {
  'cache-directory': (at) => `${at} is tagged as a cache: it has a CACHEDIR.TAG (borg.exclude_caches)`,
  repository: (at) => `${at} is the repository itself`,
  'borg-cache': (at) => `${at} is Borg's own cache`,
  socket: () => 'it is a socket, which Borg does not store',
  link: (at) => `${at} is a link: Borg stores the link, not what it leads to`,
  'other-file-system': (at) => `${at} is another file system (borg.one_file_system)`,
  unreadable: (at) => `this user may not look at ${at}`,
}

function reason(because: LeftOut, at: string, isItself: boolean): string {
  if (because.kind !== 'rule') return REASONS[because.kind](at)
  return `by ${renderRule(because.rule)}${isItself ? '' : `, which leaves out ${at}`}`
}
