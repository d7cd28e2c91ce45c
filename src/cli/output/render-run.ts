// Runs in words: the heading, a line per step, the warnings by kind, the closing line.

import stringWidth from 'fast-string-width'
import type { AppEvent } from '../../model/events.ts'
import { renderFigures } from '../../model/figures.ts'
import type { RunReport, StepReport, WarningKind } from '../../model/run.ts'
import { formatCount, formatDuration } from '../../model/words.ts'
import { sanitizeForTerminal, shortenMiddle } from './format.ts'
import type { Style } from './style.ts'

type RunStarted = Extract<AppEvent, { type: 'run-started' }>

const STEP_WIDTH = 16
/** Durations stand in one column unless a line is longer than this; less where the terminal is narrow. */
const TEXT_WIDTH = 59
const TEXT_WIDTH_MIN = 24
/** Symbol, name of the step and duration. */
const BESIDE_TEXT = 32

/** Workflows that read the repository only: its sources have nothing to do with them. */
const READING = ['backup restore', 'backup drill', 'backup undo', 's3 sync', 's3 repair', 's3 promote']
const COPYING = ['backup daily', 's3 sync', 's3 repair', 's3 promote']

export function renderHeading({ repo, sources, repositoryPath, vault, workflow }: RunStarted, style: Style): string {
  const from = READING.includes(workflow) || sources.length === 0 ? [] : [sources.join(', ')]
  const to = vault !== undefined && COPYING.includes(workflow) ? [vault] : []
  const way = [...from, repositoryPath, ...to].join(' → ')
  return `${style.paint('bold', repo)}  ${shortenMiddle(sanitizeForTerminal(way), style.columns - repo.length - 3)}`.trimEnd()
}

/** One line; what is told besides figures goes on a second one where it would not fit, whole: it may be a path to copy. */
export function renderStep(step: StepReport, style: Style): string {
  const colour = { ok: 'green', warnings: 'yellow', failed: 'red', skipped: 'dim' } as const
  const symbol = style.paint(colour[step.outcome], style.symbols[step.outcome])
  const detail = sanitizeForTerminal(step.detail ?? '')
  const figures = renderFigures(step.figures)
  const together = [detail, figures].filter((part) => part !== '').join('   ')
  const room = Math.max(TEXT_WIDTH_MIN, style.columns - BESIDE_TEXT)
  const fits = stringWidth(together) <= room
  const duration = step.outcome === 'skipped' ? '' : formatDuration(step.durationMs)
  const text = (fits ? together : figures).padEnd(Math.min(TEXT_WIDTH, room))
  const line = `  ${symbol} ${step.name.padEnd(STEP_WIDTH)} ${text}  ${style.paint('dim', duration)}`.trimEnd()
  return fits ? line : `${line}\n      ${detail}`
}

const WARNINGS: Record<WarningKind, string> = {
  'file-changed': 'changed while being read, kept as read',
  'file-vanished': 'vanished before being read',
  'permission-denied': 'may not be read by this user',
  'input-output': 'could not be read: the disk reports an error',
  'file-unreadable': 'could not be read',
  'pattern-unmatched': 'matched nothing',
  borg: 'said by Borg',
  'off-site': 'about the off-site copy',
  hook: 'about hooks',
  drill: 'did not restore as it was',
  change: 'about what has changed',
  reporting: 'about telling others of this run',
}

const WARNINGS_SHOWN = 5

/** Counts by kind with the first few; `all` shows every one the report kept. */
export function renderWarnings(
  report: Pick<RunReport, 'id' | 'warnings' | 'warningCounts'>,
  style: Style,
  all: boolean,
): string[] {
  return (Object.entries(report.warningCounts) as [WarningKind, number][]).flatMap(([kind, count]) => {
    const mark = style.paint('yellow', style.symbols.warnings)
    const those = report.warnings.filter((warning) => warning.kind === kind)
    const shown = those.slice(0, all ? those.length : WARNINGS_SHOWN)
    const more = count - shown.length
    return [
      `  ${mark} ${formatCount(count)} ${WARNINGS[kind]}:`,
      ...shown.map((warning) => `      ${sanitizeForTerminal(warning.path ?? warning.message)}`),
      ...(more > 0 ? [`      and ${formatCount(more)} more${all ? '' : `: ${moreOf(report)}`}`] : []),
    ]
  })
}

/** How a person names a run: the end of an id is random, and enough to tell runs apart. */
export function shortId({ id }: Pick<RunReport, 'id'>): string {
  return id.slice(-6)
}

function moreOf(report: Pick<RunReport, 'id'>): string {
  return `borgboi history show ${shortId(report)} --warnings`
}

const OUTCOMES = {
  ok: '',
  warnings: ' · finished with warnings (exit 3)',
  skipped: ' · skipped on purpose (exit 75)',
  failed: ' · failed',
  interrupted: ' · interrupted (exit 130)',
} as const

export function renderClosing(report: RunReport): string {
  return `done in ${formatDuration(report.durationMs)}${OUTCOMES[report.outcome]}`
}
