// Retention policies in words.

import { retentionText } from '../../model/retention.ts'
import { numberOf } from '../../model/words.ts'
import type { RepoRetention } from '../../workflows/repo/retention.ts'
import type { SimulatedRetention } from '../../workflows/repo/simulate-retention.ts'
import { sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

export function renderRetention({ name, retention, origin, configured }: RepoRetention): string {
  const own = origin === 'repo'
  return renderTable([
    ['repo', name],
    ['keeps', retentionText(retention)],
    ['from', own ? 'the repo itself' : 'the configuration'],
    ...(own ? [['configuration', retentionText(configured)]] : []),
  ])
}

export function renderSimulation({ retention, present, counts }: SimulatedRetention): string {
  const archives = present.map(({ name, at, until, held }) => [
    sanitizeForTerminal(name),
    dayOf(at),
    until === undefined ? (held ? 'held' : 'to the end') : `until ${dayOf(until)}`,
  ])
  const months = counts.map(({ at, archives: count }) => [dayOf(at), String(count)])
  return [
    `With ${retentionText(retention)}, and a backup every day:`,
    '',
    present.length === 0 ? 'no archive yet' : renderTable([['archive', 'made', 'stays'], ...archives]),
    '',
    renderTable([['on', 'archives'], ...months], [1]),
    '',
    `The next prune would remove ${numberOf(removedAtOnce(present, counts), 'archive')}.`,
  ].join('\n')
}

function removedAtOnce(present: SimulatedRetention['present'], counts: SimulatedRetention['counts']): number {
  return present.length - (counts[0]?.archives ?? 0)
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
