// Figures of repos and runs as Prometheus reads them. Names and labels are stable: docs/metrics.md.

import type { RepoRecord } from './repo.ts'
import type { RunReport } from './run.ts'

export interface RepoMetrics {
  readonly record: Pick<RepoRecord, 'name' | 'lastBackup' | 'reclaimableBytes' | 'upheaval'>
  /** Newest first. */
  readonly runs: readonly RunReport[]
}

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number | undefined]

/** The text format, version 0.0.4. Runs that were skipped count as if they had not been. */
export function renderMetrics(version: string, repos: readonly RepoMetrics[]): string {
  const metric = (name: string, help: string, samples: readonly Sample[]) => {
    const known = samples.filter(([, value]) => value !== undefined)
    if (known.length === 0) return []
    const lines = known.map(([labels, value]) => `borgboi_${name}${written(labels)} ${value}`)
    return [`# HELP borgboi_${name} ${help}`, `# TYPE borgboi_${name} gauge`, ...lines]
  }
  const ofRepo = (value: (record: RepoMetrics['record']) => number | undefined): Sample[] =>
    repos.map(({ record }) => [{ repo: record.name }, value(record)])
  const runs = repos.flatMap(({ runs: all }) => newestOfEach(all.filter(({ outcome }) => outcome !== 'skipped')))
  const ofRun = (value: (run: RunReport) => number): Sample[] => runs.map((run) => [labelsOf(run), value(run)])
  const good = repos.flatMap(({ runs: all }) =>
    newestOfEach(all.filter(({ outcome }) => outcome === 'ok' || outcome === 'warnings')),
  )
  const ofStep = (value: (step: RunReport['steps'][number]) => number): Sample[] =>
    runs.flatMap((run) => {
      // Hooks of all repos and of one have the same name: the last one stands for both.
      const byName = new Map(run.steps.map((step) => [step.name, step]))
      return [...byName.values()].map((step): Sample => [{ ...labelsOf(run), step: step.name }, value(step)])
    })
  return [
    ...metric('info', 'The version of borgboi that wrote this.', [[{ version }, 1]]),
    ...metric(
      'repo_last_backup_timestamp_seconds',
      'When the newest archive was begun.',
      ofRepo(({ lastBackup }) => lastBackup && seconds(lastBackup.at)),
    ),
    ...metric(
      'repo_last_backup_files',
      'Files in it.',
      ofRepo(({ lastBackup }) => lastBackup?.files),
    ),
    ...metric(
      'repo_last_backup_bytes',
      'Their size.',
      ofRepo(({ lastBackup }) => lastBackup?.originalBytes),
    ),
    ...metric(
      'repo_last_backup_new_bytes',
      'What it added to the repository.',
      ofRepo(({ lastBackup }) => lastBackup?.deduplicatedBytes),
    ),
    ...metric(
      'repo_reclaimable_bytes',
      'What a compact could free.',
      ofRepo(({ reclaimableBytes }) => reclaimableBytes),
    ),
    ...metric(
      'repo_change_unaccepted',
      'Whether prune, compact and copies wait for somebody to accept a change.',
      ofRepo(({ upheaval }) => (upheaval === undefined ? 0 : 1)),
    ),
    ...metric('run_last_end_timestamp_seconds', 'When the newest run ended.', ofRun(endOf)),
    ...metric(
      'run_last_success_timestamp_seconds',
      'When the newest run ended that was not a failure.',
      good.map((run) => [labelsOf(run), endOf(run)]),
    ),
    ...metric(
      'run_last_exit_code',
      'Its exit code: 0 fine, 3 with warnings.',
      ofRun(({ exitCode }) => exitCode),
    ),
    ...metric(
      'run_last_duration_seconds',
      'How long it took.',
      ofRun(({ durationMs }) => durationMs / 1000),
    ),
    ...metric(
      'run_last_warnings',
      'How many warnings it had.',
      ofRun(({ warningCounts }) => Object.values(warningCounts).reduce((sum, count) => sum + count, 0)),
    ),
    ...metric(
      'step_last_duration_seconds',
      'How long each of its steps took.',
      ofStep(({ durationMs }) => durationMs / 1000),
    ),
    ...metric(
      'step_last_failed',
      'Whether that step failed.',
      ofStep(({ outcome }) => (outcome === 'failed' ? 1 : 0)),
    ),
    '',
  ].join('\n')
}

function newestOfEach(runs: readonly RunReport[]): RunReport[] {
  const newest = new Map<string, RunReport>()
  for (const run of runs) if (!newest.has(run.workflow)) newest.set(run.workflow, run)
  return [...newest.values()]
}

function labelsOf({ repo, workflow }: RunReport): Labels {
  return { repo, workflow }
}

function endOf({ startedAt, durationMs }: RunReport): number {
  return seconds(startedAt) + durationMs / 1000
}

function seconds(time: string): number {
  return Date.parse(time) / 1000
}

function written(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    const text = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    return `${name}="${text}"`
  })
  return `{${parts.join(',')}}`
}
