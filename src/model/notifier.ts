// Who is told of what: the kinds of notifiers, their rules, and when one of them is due.

import { AppError } from '../errors.ts'
import { parseRepoName } from './names.ts'
import type { StandingName } from './objectives.ts'
import type { RunOutcome } from './run.ts'
import { SCHEDULE_RUN } from './schedule.ts'
import { refuse } from './validate.ts'

export const NOTIFIER_TYPES = ['ntfy', 'ping', 'email', 'slack', 'discord', 'webhook', 'apprise', 'desktop'] as const
export type NotifierType = (typeof NOTIFIER_TYPES)[number]

export const RULES = ['success', 'warning', 'failure', 'recovery', 'objective', 'digest'] as const
/** What is told of: a run that ended so, the first good one after a bad one, what is promised, or the sum of a day. */
export type NotifyRule = (typeof RULES)[number]

export const USUAL_RULES: readonly NotifyRule[] = ['failure', 'warning', 'recovery', 'objective']

/** Workflows that nobody watches while they run. */
export const WATCHED_WORKFLOWS = [
  'backup daily',
  'backup run',
  'backup prune',
  'backup compact',
  'backup check',
  's3 sync',
  's3 pull',
  's3 verify',
  's3 gc',
  'backup drill',
  's3 drill',
  SCHEDULE_RUN,
] as const

/** @throws AppError `value-invalid` */
export function parseNotifierType(value: string): NotifierType {
  return oneOf('type of notifier', NOTIFIER_TYPES, value)
}

/** @throws AppError `value-invalid` */
export function parseRules(value: string): readonly NotifyRule[] {
  return list(value).map((word) => oneOf('rule', RULES, word))
}

/** @throws AppError `value-invalid` */
export function parseWatched(value: string): readonly string[] {
  return list(value).map((word) => oneOf('workflow', WATCHED_WORKFLOWS, word))
}

/** @throws AppError `value-invalid` */
export function parseRepoNames(value: string): readonly string[] {
  return list(value).map(parseRepoName)
}

/** @throws AppError `value-invalid` */
export function parseSecretPath(value: string): string {
  if (value.startsWith('/')) return value
  refuse('path of a file', value, 'it is not an absolute path', 'begin it with /')
}

const HTTP = /^https?:/i
const SCHEMES = /^(https?|smtps?):\/\/[^/]/i

/** The address of a server, without credentials. @throws AppError `value-invalid`, which does not show them either */
export function parseAddress(
  value: string,
  example = 'https://ntfy.sh/my-topic or smtp://mail.example.org:587',
): string {
  const hint = `write it like ${example}`
  if (/^[^/]*:\/\/[^/?#]*@/.test(value)) {
    refuse('address', '(hidden)', 'it holds credentials', 'leave them out: a secret goes into a file of its own')
  }
  if (!SCHEMES.test(value) || !URL.canParse(value)) refuse('address', value, 'no server can have it', hint)
  return value
}

/** The address of a collector of traces, without credentials. @throws AppError `value-invalid` */
export function parseCollectorAddress(value: string): string {
  const address = parseAddress(value, 'http://localhost:4318/v1/traces')
  if (HTTP.test(address)) return address
  refuse('address', value, 'it is of no web server', 'begin it with https:// or http://')
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function oneOf<T extends string>(subject: string, known: readonly T[], value: string): T {
  const found = known.find((word) => word === value.trim())
  return found ?? refuse(subject, value, 'it is not one of those there are', `there are: ${known.join(', ')}`)
}

// --- which settings a notifier of a type has -----------------------------------------------------------------------

type Setting = 'url' | 'url_file' | 'token_file' | 'password_file' | 'user' | 'from' | 'to' | 'body' | 'content_type'

interface Shape {
  /** Its address: in the configuration or in a file; only in a file because it is a secret; nowhere. */
  readonly address: 'anywhere' | 'in a file' | 'plain' | 'none'
  readonly schemes?: RegExp
  readonly needs?: readonly Setting[]
  readonly may?: readonly Setting[]
  /** Told every time, however it was before: of every run, or of every look at what is promised. */
  readonly always?: true
}

const SHAPES: Record<NotifierType, Shape> = {
  ntfy: { address: 'anywhere', schemes: HTTP, may: ['token_file'] },
  ping: { address: 'anywhere', schemes: HTTP, always: true },
  email: { address: 'plain', schemes: /^smtps?:/i, needs: ['from', 'to'], may: ['user', 'password_file'] },
  slack: { address: 'in a file' },
  discord: { address: 'in a file' },
  webhook: { address: 'anywhere', schemes: HTTP, may: ['token_file', 'body', 'content_type'] },
  apprise: { address: 'in a file' },
  desktop: { address: 'none' },
}
const FOR_ALL = ['type', 'repos', 'workflows', 'timeout']
const FOR_RULES = ['on', 'repeat_after']

export function isToldAlways(type: NotifierType): boolean {
  return SHAPES[type].always === true
}

/** Whether a notifier of that type has what it needs, and nothing else. @throws AppError `value-invalid` */
export function checkNotifier(type: NotifierType, values: Readonly<Record<string, unknown>>): void {
  const { address, schemes, needs = [], may = [], always } = SHAPES[type]
  if (address === 'in a file' && values['url'] !== undefined) {
    wrong(
      `the address of ${type} is a secret`,
      'put it into a file that only you can read, and name that: url_file: /…',
    )
  }
  const addresses = { anywhere: ['url', 'url_file'], plain: ['url'], 'in a file': ['url_file'], none: [] }[address]
  const known = [...FOR_ALL, ...(always ? ['on'] : FOR_RULES), ...addresses, ...needs, ...may]
  const strange = Object.keys(values).find((key) => !known.includes(key))
  if (strange !== undefined) wrong(`${type} has no ${strange}`, `it has: ${known.join(', ')}`)
  const rules = values['on'] as readonly NotifyRule[] | undefined
  if (always && rules?.some((rule) => rule !== 'objective')) {
    wrong(`${type} is told of every run, or of promises instead`, 'leave on out, or write on: objective')
  }
  const given = addresses.filter((key) => values[key] !== undefined)
  if (addresses.length > 0 && given.length !== 1) {
    const how = given.length === 0 ? 'no address' : 'two addresses'
    wrong(`${type} has ${how}`, `give it ${addresses.length > 1 ? 'either ' : ''}${addresses.join(' or ')}`)
  }
  const missing = needs.find((key) => values[key] === undefined)
  if (missing !== undefined) wrong(`${type} has no ${missing}`, `add a line like ${missing}: …`)
  const url = values['url']
  if (typeof url === 'string' && schemes && !schemes.test(url)) {
    wrong(`${type} has an address of another kind`, `write it like ${type === 'email' ? 'smtp' : 'https'}://…`)
  }
}

function wrong(reason: string, hint: string): never {
  throw new AppError('value-invalid', 'the notifier is not usable', { reason, hint })
}

// --- when one is told ----------------------------------------------------------------------------------------------

/** How a workflow of a repo was when a notifier last heard of it. */
export interface Told {
  readonly state: 'fine' | 'warning' | 'failure'
  /** When it was told so, or would have been. */
  readonly at: string
}

export interface RuleSettings {
  readonly on: readonly NotifyRule[]
  /** The same again is told after this many milliseconds at the earliest. */
  readonly repeat_after: number | 'never'
}

export interface Decision {
  /** What to tell; absent: nothing. */
  readonly rule?: NotifyRule
  /** What to remember once it is told. */
  readonly told: Told
}

const STATES: Record<RunOutcome, Told['state'] | undefined> = {
  ok: 'fine',
  warnings: 'warning',
  failed: 'failure',
  interrupted: 'failure',
  skipped: undefined,
}

/** Undefined for a run that was skipped: nothing is known of the backup then. */
export function decide(
  settings: RuleSettings,
  last: Told | undefined,
  outcome: RunOutcome,
  now: Date,
): Decision | undefined {
  const state = STATES[outcome]
  if (state === undefined) return undefined
  const { on } = settings
  // Warnings that nobody asked for are as good as none.
  const isBad = (of: Told['state']) => of === 'failure' || (of === 'warning' && on.includes('warning'))
  const recovers = last !== undefined && isBad(last.state) && !isBad(state) && on.includes('recovery')
  const rule = recovers ? 'recovery' : isBad(state) ? (state as NotifyRule) : 'success'
  const told = { state, at: now.toISOString() }
  if (!on.includes(rule)) return { told }
  if (last?.state === state && isSoon(settings, last, now)) return { told: last }
  return { rule, told }
}

function isSoon({ repeat_after: after }: RuleSettings, { at }: Pick<Told, 'at'>, now: Date): boolean {
  if (after === 'never') return true
  const ageMs = now.getTime() - Date.parse(at)
  // A time in the future was told by a clock that was wrong.
  return ageMs >= 0 && ageMs < after
}

/** What of a repo was broken when a notifier last heard of it. */
export interface ToldObjectives {
  readonly broken: readonly StandingName[]
  /** When it was told so. */
  readonly at: string
}

/** Whether a notifier with this rule is told how a repo stands to what was promised: what changed, or is broken still. */
export function isObjectiveDue(
  settings: RuleSettings,
  last: ToldObjectives | undefined,
  broken: readonly StandingName[],
  now: Date,
): boolean {
  const before = last?.broken ?? []
  const isSame = broken.length === before.length && broken.every((objective) => before.includes(objective))
  return isSame ? broken.length > 0 && last !== undefined && !isSoon(settings, last, now) : true
}
