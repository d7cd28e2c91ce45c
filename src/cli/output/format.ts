// Days, rates and foreign text as people read them on a terminal.

import stringWidth from 'fast-string-width'
import { formatBytes } from '../../model/words.ts'

/** `210 MB/s` */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

// Spelt out here: a list of ten thousand dates takes a second through Intl.
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** In local time: `today 02:30`, `yesterday 02:30`, `4 days ago`, `3 March 2026`. */
export function formatWhen(date: Date, now: Date): string {
  const clock = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
  const days = localDay(now) - localDay(date)
  if (days === 0) return `today ${clock}`
  if (days === 1) return `yesterday ${clock}`
  if (days > 1 && days < 14) return `${days} days ago`
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** What lies ahead, in local time: `today 18:00`, `tomorrow 02:30`, `Monday 02:30`, `3 March 2027 02:30`. */
export function formatNext(date: Date, now: Date): string {
  const clock = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
  const days = localDay(date) - localDay(now)
  if (days === 0) return `today ${clock}`
  if (days === 1) return `tomorrow ${clock}`
  if (days > 1 && days < 7) return `${WEEKDAYS[date.getDay()]} ${clock}`
  return `${date.getDate()} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${clock}`
}

/** The number of the day the date is on, in local time. */
function localDay(date: Date): number {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000)
}

/** The text in at most `width` terminal columns, with `…` in its middle where it was longer. */
export function shortenMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  if (width < 1) return ''
  const characters = Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment)
  const tail = takeColumns(characters.toReversed(), Math.ceil((width - 1) / 2)).toReversed()
  const head = takeColumns(characters, width - 1 - stringWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const character of characters) {
    used += stringWidth(character)
    if (used > columns) break
    taken.push(character)
  }
  return taken
}

/**
 * What file names and foreign messages may hold and no terminal must get, made visible: control characters as `\x1b`,
 * line separators and marks that turn the reading direction as `\u202e`.
 */
export function sanitizeForTerminal(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`
  })
}
