// Exclusions in words.

import type { RemoveExclusionResult } from '../../workflows/exclusions/remove-exclusion.ts'
import type { ShowExclusionsResult } from '../../workflows/exclusions/show-exclusions.ts'
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
