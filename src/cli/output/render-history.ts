// Past runs in words: a line each, or one of them whole.

import { formatDuration, numberOf } from '../../model/words.ts'
import type { ListedRun } from '../../workflows/history/runs.ts'
import { formatWhen } from './format.ts'
import { renderFailure } from './render-failure.ts'
import { renderClosing, renderStep, renderWarnings, shortId } from './render-run.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

const MARKS = { ok: '✓', warnings: '!', skipped: '·', failed: '✗', interrupted: '✗', running: '·' } as const

export function renderHistory(runs: readonly ListedRun[], now: Date): string {
  if (runs.length === 0) return 'Nothing ran yet.'
  const rows = runs.map((run) => [
    `${MARKS[run.outcome]} ${shortId(run)}`,
    run.repo,
    run.workflow,
    formatWhen(new Date(run.startedAt), now),
    run.outcome === 'running' ? '' : formatDuration(run.durationMs),
    howItEnded(run),
  ])
  return renderTable([['  run', 'repo', 'what', 'began', 'took', ''], ...rows], [4])
}

function howItEnded(run: ListedRun): string {
  if (run.outcome === 'running') return `running: ${run.step.name}`
  const { failure, steps, warningCounts, exitCode } = run
  if (failure !== undefined) {
    const step = steps.find(({ outcome }) => outcome === 'failed')
    const where = step === undefined ? '' : `${step.name}: `
    return `${where}${failure.code} (exit ${exitCode})`
  }
  const warned = Object.values(warningCounts).reduce((sum, count) => sum + count, 0)
  return warned === 0 ? '' : numberOf(warned, 'warning')
}

interface ReportOptions {
  /** All that were kept. */
  readonly warnings: boolean
  readonly verbose: boolean
  readonly now: Date
}

export function renderRunReport(run: ListedRun, style: Style, { warnings, verbose, now }: ReportOptions): string {
  const began = formatWhen(new Date(run.startedAt), now)
  const lines = [`${style.paint('bold', run.repo)}  ${run.workflow} · ${began} · ${run.id}`]
  lines.push(...run.steps.map((step) => renderStep(step, style)))
  lines.push(...renderWarnings(run, style, warnings))
  if (run.outcome === 'running') lines.push(`running: ${run.step.name}`)
  else if (run.failure) lines.push(renderFailure(run.failure, style, { repo: run.repo, verbose }).trimEnd())
  else lines.push(renderClosing(run))
  return lines.join('\n')
}
