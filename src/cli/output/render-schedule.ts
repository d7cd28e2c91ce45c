// Schedules in words.

import { type Calendar, formatCalendar, isFull } from '../../model/calendar.ts'
import { formatSpan } from '../../model/quantities.ts'
import type { RunReport } from '../../model/run.ts'
import type { RunConditions, Schedule } from '../../model/schedule.ts'
import { formatDuration } from '../../model/words.ts'
import type { RemovedSchedules } from '../../workflows/schedule/remove-schedule.ts'
import type { ScheduledRepo, ShownSchedule } from '../../workflows/schedule/show-schedules.ts'
import type { InstalledResult } from '../../workflows/shared/place-schedule.ts'
import { formatNext, formatWhen, sanitizeForTerminal } from './format.ts'
import { proofsInWords } from './render-proofs.ts'
import { renderTable } from './table.ts'

/** For programs: the time as it is written, instead of everything it stands for. */
export function withWrittenTime<T extends { readonly schedule: Schedule }>(shown: T) {
  return { ...shown, schedule: { ...shown.schedule, at: formatCalendar(shown.schedule.at) } }
}

/** The files as they would be written. */
export function renderFiles({ files }: InstalledResult): string {
  return files.map(({ path, text }) => `# ${path}\n${text.trimEnd()}`).join('\n\n')
}

export function renderInstalledSchedule(installed: InstalledResult, now: Date): string {
  const { id, schedule, scheduler, scope, files, movedFrom, active, nextAt } = installed
  const place = `${scheduler}, ${scope === 'system' ? 'for the whole machine' : 'of this user'}`
  const isNew = files.some(({ change }) => change !== 'same')
  return [
    `${active ? '✓' : '!'} ${subjectOf(schedule)} ${active ? 'is' : 'would be'} backed up by itself: ${describeCalendar(schedule.at)}`,
    ...facts([
      ['next', `${formatNext(new Date(nextAt), now)}${laterInWords(schedule)}`],
      ...describeConditions(schedule.conditions),
      ['by', `${place}, named ${id}${movedFrom === undefined ? '' : `; no longer by ${movedFrom}`}`],
      ...(isNew ? [] : [['', 'it was so already'] as const]),
      ...files.map(({ path, change }) => [change === 'same' ? '' : change, path] as const).filter(([change]) => change),
    ]),
    ...renderProblems(installed.problems),
    '  What it does:  borgboi schedule status',
  ].join('\n')
}

export function renderSchedules(schedules: readonly ShownSchedule[], now: Date): string {
  if (schedules.length === 0) return '! Nothing is backed up by itself. Let it be, every day: borgboi schedule install'
  return schedules.map((schedule) => renderShown(schedule, now)).join('\n\n')
}

export function renderRemovedSchedules({ schedules, dryRun }: RemovedSchedules): string {
  if (schedules.length === 0) return '· No schedule of this home is installed: nothing to remove'
  const lines = schedules.map(({ schedule, files, scheduler }) => {
    const what = `${subjectOf(schedule)} ${dryRun ? 'would no longer be' : 'is no longer'} backed up by itself`
    return `${dryRun ? '·' : '✓'} ${what} (${scheduler}: ${sanitizeForTerminal(files.join(', '))})`
  })
  return lines.join('\n')
}

function renderShown(shown: ShownSchedule, now: Date): string {
  const { schedule, scheduler, scope, id, active, nextAt, problems, repos } = shown
  const isLate = repos.some(({ missedAt }) => missedAt !== undefined)
  const mark = active && !isLate ? '✓' : active ? '!' : '✗'
  const rows = repos.map((repo) => [`    ${repo.name}`, ...lastRun(repo.lastRun, now)])
  return [
    `${mark} ${subjectOf(schedule)}: ${describeCalendar(schedule.at)}`,
    ...facts([
      ['next', active ? `${formatNext(new Date(nextAt), now)}${laterInWords(schedule)}` : 'never, as things are'],
      ...describeConditions(schedule.conditions),
      ['by', `${scheduler}${scope === 'system' ? ', for the whole machine' : ''}, named ${id}`],
      ['last', repos.length === 0 ? 'nothing' : ''],
    ]),
    ...(rows.length === 0 ? [] : [renderTable(rows)]),
    ...repos.flatMap(({ name, proofs }) =>
      active && proofs.length > 0 ? [`  ${name} then: ${proofsInWords(proofs, now)}`] : [],
    ),
    ...repos.flatMap((repo) => renderMissed(repo, now)),
    ...renderProblems(problems),
  ].join('\n')
}

function renderMissed({ name, missedAt }: ScheduledRepo, now: Date): string[] {
  if (missedAt === undefined) return []
  const hint = `  do it now: borgboi backup daily --name ${name}`
  return [`! ${name} was due ${formatWhen(new Date(missedAt), now)}, and nothing has run since`, hint]
}

/** When it was, how it ended, and what it told of that. */
function lastRun(run: RunReport | undefined, now: Date): string[] {
  if (run === undefined) return ['never']
  const { startedAt, outcome, durationMs, exitCode, failure, steps } = run
  const skipped = steps.find((step) => step.outcome === 'skipped')?.detail
  const archive = steps.find((step) => step.name === 'create archive')?.detail
  const told = failure ? `${failure.message} (exit ${exitCode})` : outcome === 'skipped' ? skipped : archive
  const when = formatWhen(new Date(startedAt), now)
  return [when, OUTCOMES[outcome], formatDuration(durationMs), sanitizeForTerminal(told ?? '')]
}

const OUTCOMES = {
  ok: 'ok',
  warnings: 'warnings',
  skipped: 'skipped',
  failed: 'failed',
  interrupted: 'interrupted',
} as const

function renderProblems(problems: ShownSchedule['problems']): string[] {
  return problems.flatMap(({ message, hint }) => [
    `! ${sanitizeForTerminal(message)}`,
    `  ${sanitizeForTerminal(hint)}`,
  ])
}

function facts(pairs: readonly (readonly [name: string, value: string])[]): string[] {
  return pairs.map(([name, value]) => `  ${name.padEnd(8)} ${sanitizeForTerminal(value)}`.trimEnd())
}

function subjectOf({ repo }: Schedule): string {
  return repo ?? 'every repo'
}

function laterInWords({ jitterMs }: Schedule): string {
  return jitterMs > 0 ? `, up to ${spanInWords(jitterMs)} later` : ''
}

function describeConditions({ network, volume, mains, waitMs }: RunConditions): [string, string][] {
  const awaited = [...(network ? ['the network'] : []), ...(volume ? ['the disk of the repository'] : [])].join(' and ')
  return [
    ...(awaited === '' ? [] : ([['waits', `up to ${spanInWords(waitMs)} for ${awaited}`]] as [string, string][])),
    ...(mains ? ([['skips', 'runs on the battery']] as [string, string][]) : []),
  ]
}

/** `10 min` */
function spanInWords(spanMs: number): string {
  return formatSpan(spanMs).replace(/\D/, ' $&')
}

/** The usual ones in words, all others as they are written. */
function describeCalendar(at: Calendar): string {
  const { weekdays, hours, minutes } = at
  const isDated = !isFull(at.months, 'months') || !isFull(at.days, 'days')
  const expression = formatCalendar(at)
  const [minute = 0] = minutes
  if (isDated || minutes.length > 1) return expression.replace(/:00$/, '')
  const two = (value: number) => String(value).padStart(2, '0')
  const [days] = isFull(weekdays, 'weekdays') ? ['every day'] : expression.split(' ')
  if (isFull(hours, 'hours')) return `${days === 'every day' ? '' : `${days} `}every hour at minute ${two(minute)}`
  return `${days} at ${hours.map((hour) => `${two(hour)}:${two(minute)}`).join(', ')}`
}
