// The events of a run as a workflow would emit them, without the workflow.

import type { AppEvent, Progress } from '../../src/model/events.ts'
import type { RunReport, StepReport, Warning } from '../../src/model/run.ts'

export function step(name: string, changes: Partial<StepReport> = {}): StepReport {
  return { name, outcome: 'ok', durationMs: 1100, figures: {}, ...changes }
}

export function report(repo: string, changes: Partial<RunReport> = {}): RunReport {
  return {
    id: `run-${repo}`,
    workflow: 'backup daily',
    repo,
    startedAt: '2026-11-20T02:30:04.000Z',
    durationMs: 1900,
    outcome: 'ok',
    exitCode: 0,
    steps: [],
    warningCounts: {},
    warnings: [],
    ...changes,
  }
}

/** The events of the run of one repo, each given to `take` when it is called. */
export function run(take: (event: AppEvent) => void, repo: string, previous?: RunReport) {
  const ids = { runId: `run-${repo}`, repo }
  return {
    start: () =>
      take({
        type: 'run-started',
        ...ids,
        workflow: 'backup daily',
        sources: [`/home/me/${repo}`],
        repositoryPath: `/mnt/backup/${repo}`,
        ...(previous && { previous }),
      }),
    begin: (name: string) => take({ type: 'step-started', ...ids, step: name }),
    progress: (name: string, progress: Progress) => take({ type: 'progress', ...ids, step: name, progress }),
    warn: (name: string, warning: Warning) => take({ type: 'warning', ...ids, step: name, warning }),
    end: (name: string, changes: Partial<StepReport> = {}) =>
      take({ type: 'step-finished', ...ids, step: step(name, changes) }),
    finish: (changes: Partial<RunReport> = {}) => take({ type: 'run-finished', ...ids, report: report(repo, changes) }),
  }
}
