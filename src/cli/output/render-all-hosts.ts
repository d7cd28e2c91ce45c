// The repos of all hosts, and whether each has been heard of in time.

import type { StatusOfAllHosts } from '../../workflows/status/all-hosts.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { sharedRepoJson } from './render-repo.ts'
import { type Judged, renderClosingVerdict, VERDICT_MARKS } from './render-verdicts.ts'
import { renderTable } from './table.ts'

/** The documented fields of `status --all-hosts --json`. */
export function allHostsJson({ repos, verdict }: StatusOfAllHosts) {
  return { verdict, repos: repos.map((repo) => ({ ...sharedRepoJson(repo), lastRun: repo.lastRun ?? null })) }
}

export function judgedHosts({ repos }: StatusOfAllHosts): readonly Judged[] {
  return repos.map(({ hostname, name, verdict, reason }) => {
    const label = sanitizeForTerminal(`${name} on ${hostname}`)
    return { label, verdict, reasons: reason === undefined ? [] : [reason] }
  })
}

export function renderAllHosts(status: StatusOfAllHosts, now: Date): string {
  if (status.repos.length === 0) return 'No repo yet on any host.'
  const when = (at: string | undefined) => (at === undefined ? '–' : formatWhen(new Date(at), now))
  const rows = status.repos.map(({ hostname, name, verdict, lastBackupAt, lastRun, reason }) => [
    `${VERDICT_MARKS[verdict]} ${sanitizeForTerminal(hostname)}`,
    sanitizeForTerminal(name),
    when(lastBackupAt),
    when(lastRun?.at),
    when(lastRun?.dueAt),
    reason ?? '',
  ])
  const table = renderTable([['  host', 'repo', 'last backup', 'last run', 'promised by', ''], ...rows])
  return `${table}\n${renderClosingVerdict(judgedHosts(status))}`
}
