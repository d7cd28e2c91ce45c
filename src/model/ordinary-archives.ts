// Which archives of a repo were ordinary, as the reports of its runs tell: what a new one is measured by. Reports without
// figures, with figures that cannot be, or of a time to come have no part in it.

import { CREATE } from './resume.ts'
import type { RunReport, StepReport } from './run.ts'
import type { ArchiveFigures } from './upheaval.ts'

/** The step that says of a change that it is meant; its detail is the newest archive of that time. */
export const ACCEPT = 'accept change'

/**
 * Those that were made of these sources and were no upheaval, or were accepted: oldest first, in whatever order the reports
 * are. None where the newest archive was made of other sources: somebody has changed them, and begins anew.
 */
export function ordinaryArchives(
  reports: readonly RunReport[],
  sources: readonly string[],
  now: Date,
): readonly ArchiveFigures[] {
  const past = reports
    .filter(({ startedAt }) => Date.parse(startedAt) <= now.getTime())
    .toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1))
  const made = past.filter(({ steps }) => steps.some(({ name, detail }) => name === CREATE && detail !== undefined))
  if (!isSame(made.at(-1)?.sources, sources)) return []
  const accepted = new Set(past.flatMap(({ steps }) => steps.find(({ name }) => name === ACCEPT)?.detail ?? []))
  const doubted = new Set(past.flatMap(doubtedBy))
  return made
    .filter((run) => isSame(run.sources, sources))
    .flatMap(({ steps }) => steps.flatMap(figuresOf))
    .filter(({ archive }) => accepted.has(archive) || !doubted.has(archive))
}

/** The archive that a run made, or went on with, and that ended it. */
function doubtedBy({ failure, steps, continues }: RunReport): string[] {
  if (failure?.code !== 'change-unaccepted') return []
  const archive = continues?.archive ?? steps.find(({ name }) => name === CREATE)?.detail
  return archive === undefined ? [] : [archive]
}

function figuresOf({ name, outcome, detail, figures }: StepReport): ArchiveFigures[] {
  if (name !== CREATE || detail === undefined || (outcome !== 'ok' && outcome !== 'warnings')) return []
  const { files, originalBytes, deduplicatedBytes } = figures
  if (!isCount(files) || !isCount(originalBytes) || !isCount(deduplicatedBytes)) return []
  return [{ archive: detail, files, originalBytes, deduplicatedBytes }]
}

function isCount(figure: number | undefined): figure is number {
  return Number.isSafeInteger(figure) && Number(figure) >= 0
}

function isSame(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
