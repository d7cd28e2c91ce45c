// What is told, in words for people: of a run, of promises, of the last day, or as a test. No secrets in it.

import type { ObjectivesJudged } from '../model/events.ts'
import { renderFigures } from '../model/figures.ts'
import type { Places } from '../model/message-template.ts'
import type { NotifyRule } from '../model/notifier.ts'
import type { RunOutcome, RunReport, StepReport } from '../model/run.ts'
import { redactAll } from '../model/secret.ts'
import { formatDuration, formatMinute, numberOf } from '../model/words.ts'

export interface Message {
  /** Which rule it is for; `start` is for those that watch the time between. */
  readonly rule: NotifyRule | 'start' | 'test'
  readonly level: 'info' | 'warning' | 'error'
  readonly title: string
  readonly text: string
  readonly host: string
  /** RFC 3339 UTC */
  readonly time: string
  readonly report?: RunReport
  readonly standing?: ToldStanding
}

/** How a repo stands to what was promised of it; `broke` and `recovered` since this notifier was told last. */
export type ToldStanding = Pick<ObjectivesJudged, 'repo' | 'broken' | 'broke' | 'recovered'>

interface Circumstances {
  readonly host: string
  readonly now: Date
}

const WARNINGS_SHOWN = 10
const SYMBOLS: Record<StepReport['outcome'] | RunOutcome, string> = {
  ok: '✓',
  warnings: '!',
  skipped: '·',
  failed: '✗',
  interrupted: '✗',
}
const ENDS: Record<RunOutcome, string> = {
  ok: 'is done',
  warnings: 'finished with warnings',
  skipped: 'was skipped',
  failed: 'failed',
  interrupted: 'was interrupted',
}
const LEVELS: Record<RunOutcome, Message['level']> = {
  ok: 'info',
  warnings: 'warning',
  skipped: 'info',
  failed: 'error',
  interrupted: 'error',
}

export function aboutRun(rule: NotifyRule, report: RunReport, { host, now }: Circumstances): Message {
  const { repo, workflow, outcome } = report
  const end = rule === 'recovery' ? 'works again' : ENDS[outcome]
  return toMessage({
    rule,
    level: LEVELS[outcome],
    title: `${SYMBOLS[outcome]} ${repo} on ${host}: ${workflow} ${end}`,
    text: textOf(report),
    host,
    time: now.toISOString(),
    report,
  })
}

export function aboutStart(repo: string, workflow: string, { host, now }: Circumstances): Message {
  const title = `${repo} on ${host}: ${workflow} begins`
  return toMessage({ rule: 'start', level: 'info', title, text: title, host, time: now.toISOString() })
}

export function aboutPromises(standing: ToldStanding, { host, now }: Circumstances): Message {
  const { repo, broken, recovered } = standing
  const names = broken.map(({ objective }) => objective).join(', ')
  const why = broken.map(({ objective, reason, hint }) =>
    [`✗ ${objective}  ${reason ?? ''}`.trimEnd(), ...(hint === undefined ? [] : [`  ${hint}`])].join('\n'),
  )
  const kept = recovered.map((objective) => `✓ ${objective}  not broken any more`)
  const text = [...why, ...kept].join('\n')
  return toMessage({
    rule: 'objective',
    level: broken.length > 0 ? 'error' : 'info',
    title: broken.length > 0 ? `✗ ${repo} on ${host}: not as promised: ${names}` : `✓ ${repo} on ${host}: as promised`,
    text: text === '' ? 'nothing that was promised is broken' : text,
    host,
    time: now.toISOString(),
    standing,
  })
}

export function asTest(name: string, { host, now }: Circumstances): Message {
  return toMessage({
    rule: 'test',
    level: 'info',
    title: `borgboi on ${host}: a test of ${name}`,
    text: `This came from: borgboi notify test ${name}\nWhat borgboi has to tell of backups will come the same way.`,
    host,
    time: now.toISOString(),
  })
}

/** Of a repo, for a digest. */
export interface RepoDay {
  readonly repo: string
  /** The newest run of each workflow; none where nothing ran yet. */
  readonly latest: readonly RunReport[]
  /** What of it is broken, as far as this command looked. */
  readonly broken: ObjectivesJudged['broken']
}

export function asDigest(repos: readonly RepoDay[], { host, now }: Circumstances): Message {
  const runs = repos.flatMap(({ latest }) => latest)
  const bad = runs.filter(({ outcome }) => outcome === 'failed' || outcome === 'interrupted')
  const idle = repos.filter(({ latest }) => latest.length === 0)
  const unkept = repos.filter(({ broken }) => broken.length > 0)
  const lines = repos.flatMap(({ repo, latest, broken }) => [
    ...broken.map(({ objective, reason }) => `✗ ${repo}  ${objective}  ${reason ?? ''}`.trimEnd()),
    ...(latest.length === 0 ? [`! ${repo}  nothing ran yet`] : latest.map(lineOf)),
  ])
  const sum = [
    ...(bad.length === 0 ? [] : [`${numberOf(bad.length, 'run')} failed`]),
    ...(unkept.length === 0 ? [] : [`${numberOf(unkept.length, 'repo')} not as promised`]),
    ...(idle.length === 0 ? [] : [`nothing ran yet of ${numberOf(idle.length, 'repo')}`]),
  ]
  const level = bad.length + unkept.length > 0 ? 'error' : idle.length > 0 ? 'warning' : 'info'
  return toMessage({
    rule: 'digest',
    level,
    title: `${{ error: '✗', warning: '!', info: '✓' }[level]} borgboi on ${host}: ${sum.join(', ') || 'all is well'}`,
    text: lines.join('\n'),
    host,
    time: now.toISOString(),
  })
}

function lineOf({ repo, workflow, outcome, startedAt, failure, steps }: RunReport): string {
  const told = steps.find(({ figures }) => Object.keys(figures).length > 0)
  const detail = failure?.message ?? (told ? renderFigures(told.figures) : '')
  return `${SYMBOLS[outcome]} ${repo}  ${workflow}  ${formatMinute(new Date(startedAt))}  ${detail}`.trimEnd()
}

/** The places of a template; those of a run or of promises are empty where it is of none. */
export function placesOf({ rule, level, title, text, host, time, report, standing }: Message): Places {
  return {
    ...{ rule, level, title, text, host, time },
    repo: report?.repo ?? standing?.repo ?? '',
    objectives: standing?.broken.map(({ objective }) => objective).join(', ') ?? '',
    workflow: report?.workflow ?? '',
    outcome: report?.outcome ?? '',
    exit_code: report === undefined ? '' : String(report.exitCode),
    run: report?.id ?? '',
    archive: report?.steps.find(({ name }) => name === 'create archive')?.detail ?? '',
    error: report?.failure?.code ?? '',
  }
}

function textOf({ id, startedAt, durationMs, exitCode, steps, warnings, warningCounts, failure }: RunReport): string {
  const why = [failure?.message, failure?.reason, failure?.hint].filter((line) => line !== undefined)
  const done = steps.map(({ name, outcome, detail, figures }) =>
    [`${SYMBOLS[outcome]} ${name}`, detail, renderFigures(figures)].filter(Boolean).join('  '),
  )
  const shown = warnings.slice(0, WARNINGS_SHOWN).map(({ message }) => `! ${message}`)
  const counted = Object.values(warningCounts).reduce((sum, count) => sum + count, 0)
  const more = counted > shown.length ? [`! and ${counted - shown.length} more`] : []
  const end = failure === undefined ? '' : `, ${failure.code}, exit ${exitCode}`
  const run = `began ${formatMinute(new Date(startedAt))}, took ${formatDuration(durationMs)}, run ${id}${end}`
  return [why, done, [...shown, ...more], [run]]
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')
}

/** What others wrote may have anything in it: names of files, the last words of hooks. */
function toMessage(message: Message): Message {
  const clean = (text: string) => redactAll(text).replace(/[^\P{Cc}\n]/gu, '�')
  return { ...message, title: clean(message.title).replaceAll('\n', ' '), text: clean(message.text) }
}
