// The directories of a repo, for people.

import type { ChangedSources, RepoSources } from '../../workflows/repo/sources.ts'
import { sanitizeForTerminal } from './format.ts'

/** A line each, and nothing else: they can be piped on. */
export function renderSources({ name, sources }: RepoSources): string {
  if (sources.length === 0)
    return `Nothing is backed up into ${name}. Add a directory: borgboi repo sources add DIR --name ${name}`
  return sources.map(sanitizeForTerminal).join('\n')
}

export function renderChangedSources({ name, sources, added, removed }: ChangedSources): string {
  if (added.length + removed.length === 0) return `· nothing to change: ${name} backs all of it up already`
  return [
    ...added.map((source) => `✓ backed up into ${name} from the next backup on   ${sanitizeForTerminal(source)}`),
    ...removed.map((source) => `✓ no longer backed up into ${name}   ${sanitizeForTerminal(source)}`),
    `  ${name} backs up:  ${sources.map(sanitizeForTerminal).join(', ')}`,
  ].join('\n')
}
