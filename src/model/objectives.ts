// Objectives: what a person promised themselves of a repo. Whether they are kept is judged in standing.ts.

import { parseSize, parseSpan } from './quantities.ts'
import { refuse } from './validate.ts'

export const OBJECTIVES = ['rpo', 'verify_within', 'drill_every', 'offsite', 'min_free_space'] as const
export type ObjectiveName = (typeof OBJECTIVES)[number]

/** What `status` judges besides: `change`, that nothing waits for a person to say that a change is meant. */
export type StandingName = ObjectiveName | 'change'

/** `required`: also of a repo that has no vault yet. `optional`: not even of one that has. */
export type OffsiteObjective = 'required' | 'optional'

/** Spans are milliseconds, space is bytes; 0 for none. */
export interface Objectives {
  /** The newest backup is never older. */
  readonly rpo: number
  /** It was verified within this time. */
  readonly verify_within: number
  /** A restore was tried within this time. */
  readonly drill_every: number
  /** Absent: required where the repo has a vault. */
  readonly offsite?: OffsiteObjective
  /** The disk of the repository has at least as much left. */
  readonly min_free_space: number
}

/** What a repo has of its own; it stands above the configuration one by one. */
export type OwnObjectives = Partial<Objectives>

/** The value of one, as people write it: `26h`, `required`, `20G`, or `none`. @throws AppError `value-invalid` */
export function parseObjective(name: 'offsite', text: string): OffsiteObjective
export function parseObjective(name: Exclude<ObjectiveName, 'offsite'>, text: string): number
export function parseObjective(name: ObjectiveName, text: string): OffsiteObjective | number
export function parseObjective(name: ObjectiveName, text: string): OffsiteObjective | number {
  if (name === 'offsite') {
    if (text === 'required' || text === 'optional') return text
    refuse('objective offsite', text, 'there is no such choice', 'write offsite=required or offsite=optional')
  }
  if (text === 'none') return 0
  return name === 'min_free_space' ? parseSize(text) : parseSpan(text)
}

/** From one line: `rpo=26h,verify_within=30d,offsite=required`. @throws AppError `value-invalid` */
export function parseObjectivesText(text: string): OwnObjectives {
  const own: { -readonly [name in ObjectiveName]?: OffsiteObjective | number } = {}
  for (const part of text.split(',')) {
    const [, written = '', value = ''] = /^\s*([a-z_-]+)\s*[=:]\s*(\S+)\s*$/.exec(part) ?? []
    const name = OBJECTIVES.find((known) => known === written.replaceAll('-', '_'))
    if (name === undefined) {
      const reason = written === '' ? `"${part.trim()}" is not objective=value` : `there is no objective ${written}`
      refuse('objectives', text, reason, `use ${OBJECTIVES.join(', ')}, like rpo=26h,verify_within=30d`)
    }
    if (own[name] !== undefined) refuse('objectives', text, `"${name}" stands in it twice`, 'give each one once')
    own[name] = parseObjective(name, value)
  }
  return own as OwnObjectives
}

/** From a record: values as they are in effect, not as people write them. @throws AppError `value-invalid` */
export function parseOwnObjectives(value: unknown): OwnObjectives {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const isKnown = ([name, amount]: [string, unknown]) =>
    name === 'offsite'
      ? amount === 'required' || amount === 'optional'
      : OBJECTIVES.some((known) => known === name) && Number.isSafeInteger(amount) && Number(amount) >= 0
  if (entries.length > 0 && entries.every(isKnown)) return Object.fromEntries(entries)
  refuse('objectives', value, 'they are not what borgboi wrote', 'set them with: borgboi repo objectives set')
}

/** What holds for a repo. */
export function inForce(configured: Objectives, own: OwnObjectives | undefined): Objectives {
  return { ...configured, ...own }
}

/** `rpo=26h,verify_within=30d`: the form that `parseObjectivesText` reads, without what is not asked for. */
export function objectivesText(objectives: OwnObjectives): string {
  return OBJECTIVES.flatMap((name) => {
    const value = objectives[name]
    return value === undefined ? [] : [`${name}=${valueText(name, value)}`]
  }).join(',')
}

function valueText(name: ObjectiveName, value: OffsiteObjective | number): string {
  if (typeof value === 'string') return value
  if (value === 0) return 'none'
  return name === 'min_free_space' ? inUnit(value, SIZES) : spanText(value)
}

type Units = readonly (readonly [amount: number, unit: string])[]

const SIZES: Units = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1, ''],
]
const SPANS: Units = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** `26h`, `30d` */
export function spanText(ms: number): string {
  return inUnit(ms, SPANS)
}

/** In the largest unit that leaves nothing over. */
function inUnit(amount: number, units: Units): string {
  const [size, unit] = units.find(([candidate]) => amount % candidate === 0) ?? [1, '']
  return `${amount / size}${unit}`
}
