// When something is due: a small part of systemd's calendar expressions, in local time, by the minute. What each kind of
// scheduler cannot express of it is said where it is translated.

import { refuse } from './validate.ts'

/** All of it has to fit: a weekday, a month, a day of the month, an hour and a minute of these. Each in order, none empty. */
export interface Calendar {
  /** 0 is Sunday. */
  readonly weekdays: readonly number[]
  /** 1 is January. */
  readonly months: readonly number[]
  readonly days: readonly number[]
  readonly hours: readonly number[]
  readonly minutes: readonly number[]
}

const HINT = "write it like daily, 04:30, 'Mon..Fri 18:00', '*-*-1,15 02:30' or '*:00'"
/** Where an expression names no time. */
const USUAL_TIME = '02:30'
const WORDS: Readonly<Record<string, string>> = {
  hourly: '*:00',
  daily: USUAL_TIME,
  weekly: `Mon ${USUAL_TIME}`,
  monthly: `*-*-1 ${USUAL_TIME}`,
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const WEEKDAY_ITEM = /^([a-z]{3})(?:(?:\.\.|-)([a-z]{3}))?$/
const DATE = /^(?:(\S+?)-)?([^-\s]+)-([^-\s]+)$/
const TIME = /^([^:\s]+):([^:\s]+)(?::(\S+))?$/

/** Every value a field can have, from its first to its last. */
export const FIELDS = {
  weekdays: span(0, 6),
  months: span(1, 12),
  days: span(1, 31),
  hours: span(0, 23),
  minutes: span(0, 59),
} as const satisfies Record<keyof Calendar, readonly number[]>

/** The longest of each month. */
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * `hourly`, `daily` (at 02:30), `weekly`, `monthly`, or `[WEEKDAYS] [*-MONTHS-DAYS] [HOURS:MINUTES]` with lists (`1,15`),
 * ranges (`Mon..Fri`) and steps (`0/6`). @throws AppError `value-invalid`
 */
export function parseCalendar(text: string): Calendar {
  const words = (WORDS[text.trim().toLowerCase()] ?? text).trim().split(/\s+/)
  const has = (form: RegExp, word: string | undefined): word is string => word !== undefined && form.test(word)
  const weekdays = has(/^[a-z]/i, words[0]) ? words.shift() : undefined
  const date = has(DATE, words[0]) ? words.shift() : undefined
  const time = has(TIME, words[0]) ? words.shift() : undefined
  if (words.length > 0 || (weekdays ?? date ?? time) === undefined) {
    const zone = /^(UTC|[A-Z][\w+-]*\/\S+)$/i.test(words[0] ?? '')
    refuse('time', text, zone ? 'times are local, without a zone' : 'it is no calendar expression', HINT)
  }
  const calendar = {
    weekdays: weekdays === undefined ? FIELDS.weekdays : parseWeekdays(text, weekdays),
    ...parseDate(text, date ?? '*-*-*'),
    ...parseTime(text, time ?? USUAL_TIME),
  }
  const exists = calendar.months.some((month) => calendar.days.some((day) => day <= (MONTH_DAYS[month - 1] ?? 0)))
  if (!exists) refuse('time', text, 'there is no such day', HINT)
  return calendar
}

/** The same for all that mean the same, as systemd writes it: `Mon..Fri *-*-* 18:00:00`. */
export function formatCalendar(calendar: Calendar): string {
  const { weekdays, months, days, hours, minutes } = calendar
  const date = `*-${formatField(months, 'months')}-${formatField(days, 'days')}`
  const time = `${formatField(hours, 'hours')}:${formatField(minutes, 'minutes')}:00`
  return [...(isFull(weekdays, 'weekdays') ? [] : [formatWeekdays(weekdays)]), date, time].join(' ')
}

/** Whether a field says nothing. */
export function isFull(values: readonly number[], field: keyof Calendar): boolean {
  return values.length === FIELDS[field].length
}

/** No schedule waits longer: 29 February on one weekday comes every 28 years, or after 40 where a century lies between. */
const SEARCH_DAYS = 41 * 366

/**
 * The first time after `after` that is due, by this machine's clock and zone. In the hour that a clock change leaves
 * out, what is due comes an hour later; of an hour that it repeats, the first one counts.
 */
export function nextDue(calendar: Calendar, after: Date): Date {
  const { weekdays, months, days, hours, minutes } = calendar
  for (let ahead = 0; ahead < SEARCH_DAYS; ahead++) {
    // Noon: there is one on every day, in every zone.
    const day = new Date(after.getFullYear(), after.getMonth(), after.getDate() + ahead, 12)
    const [year, month, date] = [day.getFullYear(), day.getMonth(), day.getDate()]
    if (!weekdays.includes(day.getDay()) || !months.includes(month + 1) || !days.includes(date)) continue
    const times = hours.flatMap((hour) => minutes.map((minute) => new Date(year, month, date, hour, minute).getTime()))
    const next = Math.min(...times.filter((time) => time > after.getTime()))
    if (next !== Number.POSITIVE_INFINITY) return new Date(next)
  }
  throw new RangeError(`nothing is ever due by ${formatCalendar(calendar)}`)
}

function parseWeekdays(text: string, written: string): readonly number[] {
  const number = (name: string) => {
    const found = WEEKDAYS.findIndex((weekday) => weekday.toLowerCase() === name)
    return found >= 0
      ? found
      : refuse('time', text, `${name} is no day of the week: they are ${WEEKDAYS.join(', ')}`, HINT)
  }
  const values = written.split(',').flatMap((item) => {
    const [, first, last] = WEEKDAY_ITEM.exec(item.toLowerCase()) ?? []
    if (first === undefined)
      refuse('time', text, `${item} is no day of the week: they are ${WEEKDAYS.join(', ')}`, HINT)
    if (last === undefined) return [number(first)]
    // Fri..Mon goes over the end of the week.
    const [from, to] = [number(first), number(last)]
    return from <= to ? span(from, to) : [...span(from, 6), ...span(0, to)]
  })
  return inOrder(values)
}

function parseDate(text: string, written: string): Pick<Calendar, 'months' | 'days'> {
  const [, year = '*', months = '', days = ''] = DATE.exec(written) ?? []
  if (year !== '*') refuse('time', text, 'a schedule comes back every year: the year has to be *', HINT)
  return { months: parseField(text, months, 'months'), days: parseField(text, days, 'days') }
}

function parseTime(text: string, written: string): Pick<Calendar, 'hours' | 'minutes'> {
  const [, hours = '', minutes = '', seconds = '00'] = TIME.exec(written) ?? []
  if (!/^0?0$/.test(seconds)) refuse('time', text, 'seconds are not told apart', HINT)
  return { hours: parseField(text, hours, 'hours'), minutes: parseField(text, minutes, 'minutes') }
}

const ITEM = /^(\d{1,2})(?:\.\.(\d{1,2}))?(?:\/(\d{1,2}))?$/

function parseField(text: string, written: string, field: keyof Calendar): readonly number[] {
  if (written === '*') return FIELDS[field]
  return inOrder(written.split(',').flatMap((item) => parseItem(text, item, field)))
}

/** `7`, `1..5`, `0/6`, `8..18/2` */
function parseItem(text: string, item: string, field: keyof Calendar): readonly number[] {
  const all: readonly number[] = FIELDS[field]
  const [, first, last, step = '1'] = ITEM.exec(item) ?? []
  if (first === undefined) return refuse('time', text, `${item} is no number, range or step of ${field}`, HINT)
  const end = last ?? (item.includes('/') ? all.at(-1) : first)
  const found = span(Number(first), Number(end)).filter((_, index) => index % Number(step) === 0)
  if (found.length > 0 && found.every((value) => all.includes(value))) return found
  return refuse('time', text, `${item} is not within the ${field} from ${all[0]} to ${all.at(-1)}`, HINT)
}

function formatField(values: readonly number[], field: keyof Calendar): string {
  return isFull(values, field) ? '*' : values.map((value) => String(value).padStart(2, '0')).join(',')
}

/** From Monday on; three days and more in a row as a range. */
function formatWeekdays(weekdays: readonly number[]): string {
  const names = [1, 2, 3, 4, 5, 6, 0].filter((day) => weekdays.includes(day))
  const runs: number[][] = []
  for (const day of names) {
    const run = runs.at(-1)
    if (run && run.at(-1) === (day + 6) % 7) run.push(day)
    else runs.push([day])
  }
  const name = (day: number | undefined) => WEEKDAYS[day ?? 0]
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])}..${name(run.at(-1))}` : run.map(name).join(',')))
    .join(',')
}

function span(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

function inOrder(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}
