// Runs in words: the heading, a line per step, the warnings by kind, the closing line.

import type { AppEvent } from '../../model/events.ts'
import type { Figures, RunReport, StepReport, WarningKind } from '../../model/run.ts'
import { formatBytes, formatCount, formatDuration, sanitizeForTerminal } from './format.ts'
import type { Style } from './style.ts'

type RunStarted = Extract<AppEvent, { type: 'run-started' }>

const STEP_WIDTH = 16

export function renderHeading({ repo, sources, repositoryPath, workflow }: RunStarted, style: Style): string {
  const reading = workflow === 'backup restore'
  const from = reading ? repositoryPath : sources.join(', ')
  const way = reading || sources.length === 0 ? from || repositoryPath : `${from} → ${repositoryPath}`
  return `${style.paint('bold', repo)}  ${sanitizeForTerminal(way)}`
}

export function renderStep(step: StepReport, style: Style): string {
  const colour = { ok: 'green', warnings: 'yellow', failed: 'red', skipped: 'dim' } as const
  const symbol = style.paint(colour[step.outcome], style.symbols[step.outcome])
  const told = [step.detail === undefined ? '' : sanitizeForTerminal(step.detail), renderFigures(step.figures)]
  const text = told.filter((part) => part !== '').join('   ')
  const duration = step.outcome === 'skipped' ? '' : formatDuration(step.durationMs)
  return `  ${symbol} ${step.name.padEnd(STEP_WIDTH)} ${text.padEnd(60)} ${style.paint('dim', duration)}`.trimEnd()
}

const FIGURES: readonly (readonly [key: string, render: (value: number) => string])[] = [
  ['files', (n) => `${formatCount(n)} ${n === 1 ? 'file' : 'files'}`],
  ['entries', (n) => `${formatCount(n)} ${n === 1 ? 'entry' : 'entries'}`],
  ['originalBytes', formatBytes],
  ['bytes', formatBytes],
  ['deduplicatedBytes', (n) => `${formatBytes(n)} new`],
  ['kept', (n) => `kept ${formatCount(n)}`],
  ['removed', (n) => `removed ${formatCount(n)}`],
  ['created', (n) => `created ${formatCount(n)}`],
  ['replaced', (n) => `replaced ${formatCount(n)}`],
  ['freedBytes', (n) => (n === 0 ? 'nothing to free' : `freed ${formatBytes(n)}`)],
]

export function renderFigures(figures: Figures): string {
  return FIGURES.flatMap(([key, render]) => (figures[key] === undefined ? [] : [render(figures[key])])).join(' · ')
}

const WARNINGS: Record<WarningKind, string> = {
  'file-changed': 'changed while being read, kept as read',
  'file-vanished': 'vanished before being read',
  'permission-denied': 'may not be read by this user',
  'input-output': 'could not be read: the disk reports an error',
  'file-unreadable': 'could not be read',
  'pattern-unmatched': 'matched nothing',
  borg: 'said by Borg',
  'passphrase-file': 'about the passphrase file',
}

const WARNINGS_SHOWN = 5

/** Counts by kind with the first few; `all` shows every one the report kept. */
export function renderWarnings(report: RunReport, style: Style, all: boolean): string[] {
  return (Object.entries(report.warningCounts) as [WarningKind, number][]).flatMap(([kind, count]) => {
    const mark = style.paint('yellow', style.symbols.warnings)
    const those = report.warnings.filter((warning) => warning.kind === kind)
    const shown = those.slice(0, all ? those.length : WARNINGS_SHOWN)
    const more = count - shown.length
    return [
      `  ${mark} ${formatCount(count)} ${WARNINGS[kind]}:`,
      ...shown.map((warning) => `      ${sanitizeForTerminal(warning.path ?? warning.message)}`),
      ...(more > 0 ? [`      and ${formatCount(more)} more (--verbose)`] : []),
    ]
  })
}

const OUTCOMES = {
  ok: '',
  warnings: ' · finished with warnings (exit 3)',
  failed: ' · failed',
  interrupted: ' · interrupted (exit 130)',
} as const

export function renderClosing(report: RunReport): string {
  return `done in ${formatDuration(report.durationMs)}${OUTCOMES[report.outcome]}`
}
