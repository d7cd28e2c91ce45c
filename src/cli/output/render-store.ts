// The state of the store in words.

import type { StoreHealth, StoreRebuild } from '../../deps.ts'
import { numberOf } from '../../model/words.ts'
import { sanitizeForTerminal } from './format.ts'

export function renderHealth({ path, repos, revision, problems }: StoreHealth): string {
  if (problems.length === 0) return `✓ ${path}: ${numberOf(repos, 'repo')}, revision ${revision}, no problem found`
  return [
    `✗ ${path}:`,
    ...problems.map((problem) => `    ${sanitizeForTerminal(problem)}`),
    '  To repair it: borgboi store rebuild --dry-run, then without --dry-run',
  ].join('\n')
}

export function renderRebuild({ source, recovered, dropped, quarantined }: StoreRebuild, dryRun: boolean): string {
  if (source === undefined) return 'There is nothing to rebuild from; record each repository with: borgboi repo import'
  return [
    `${dryRun ? '· would recover' : '✓ recovered'} ${numberOf(recovered.length, 'repo')} from ${source}`,
    ...recovered.map((name) => `    ${sanitizeForTerminal(name)}`),
    ...dropped.map(({ name, reason }) => `! ${sanitizeForTerminal(name)} is lost: ${sanitizeForTerminal(reason)}`),
    ...(quarantined === undefined ? [] : [`  the replaced file is kept as ${quarantined}`]),
  ].join('\n')
}
