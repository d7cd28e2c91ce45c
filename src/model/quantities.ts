// Amounts people write: spans of time (`7d`, `26h`), numbers and sizes (`10G`).

import { refuse } from './validate.ts'

const SECOND = 1000
const SPAN_MS: Record<string, number> = {
  s: SECOND,
  min: 60 * SECOND,
  h: 3600 * SECOND,
  H: 3600 * SECOND,
  d: 86_400 * SECOND,
  w: 7 * 86_400 * SECOND,
  y: 365 * 86_400 * SECOND,
}

const SPAN_MAX_YEARS = 100

/**
 * An age in milliseconds, at most 100 years: `45s`, `10min`, `26h`, `7d`, `4w`, `1y`, or plain seconds. `m` is refused:
 * most programs read minutes, Borg reads months.
 * @throws AppError `value-invalid`
 */
export function parseSpan(value: string): number {
  const match = /^(\d{1,12})(s|min|h|H|d|w|m|y)?$/.exec(value.trim())
  if (match?.[2] === 'm') {
    refuse('time span', value, 'm could be minutes or months', `write ${match[1]}min for minutes, or 31d for a month`)
  }
  const unit = SPAN_MS[match?.[2] ?? 's']
  if (!match || unit === undefined) {
    refuse('time span', value, 'it is not a number with one of s, min, h, d, w, y', 'write it like 10min, 26h or 7d')
  }
  const spanMs = Number(match[1]) * unit
  if (spanMs > SPAN_MAX_YEARS * 365 * 86_400 * SECOND) {
    refuse('time span', value, `it is longer than ${SPAN_MAX_YEARS} years`, 'write it like 10min, 26h or 7d')
  }
  return spanMs
}

/**
 * How long to wait, or to go on with something, in milliseconds: as `parseSpan`, and here `10m` is ten minutes, since
 * nobody waits for months. @throws AppError `value-invalid`
 */
export function parseWait(value: string): number {
  return parseSpan(value.trim().replace(/^(\d+)m$/, '$1min'))
}

/** A share of a whole, up to 1: `50%`; 0 for `none`. @throws AppError `value-invalid` */
export function parseShare(value: string): number {
  if (value.trim() === 'none') return 0
  const percent = Number(/^(\d{1,3})\s*%$/.exec(value.trim())?.[1])
  if (percent >= 1 && percent <= 100) return percent / 100
  refuse('share', value, 'it is not a percentage from 1 to 100', 'write it like 50%, or none')
}

/** How many of something there are to be. @throws AppError `value-invalid` */
export function parsePositive(value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value
  refuse('number', value, 'it is not a whole number from 1 on', 'give at least 1')
}

const SPAN_UNITS = ['w', 'd', 'h', 'min'] as const

/** The shortest way to write a span of whole seconds, as `parseSpan` and systemd read it: `10min`, `90s`. */
export function formatSpan(spanMs: number): string {
  const unit = SPAN_UNITS.find((name) => spanMs > 0 && spanMs % (SPAN_MS[name] ?? 0) === 0) ?? 's'
  return `${spanMs / (SPAN_MS[unit] ?? SECOND)}${unit}`
}

/** Decimal units, as Borg's own options count. */
const SIZE: Record<string, number> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 }

/** A size in bytes: `500M`, `1.5T`, `20G`, `0`. @throws AppError `value-invalid` */
export function parseSize(value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s?([KMGTP]?)B?$/i.exec(value.trim())
  const unit = SIZE[(match?.[2] ?? '').toUpperCase()]
  const bytes = match && unit !== undefined ? Math.round(Number(match[1]) * unit) : Number.NaN
  if (!Number.isSafeInteger(bytes)) {
    refuse(
      'size',
      value,
      'it is not a number of bytes with K, M, G, T or P behind it',
      'write it like 500M, 20G or 1.5T',
    )
  }
  return bytes
}

/** Borg's least storage quota. Source: Borg's argument parser, `parse_storage_quota`. */
const QUOTA_MIN_BYTES = 10e6

/** A storage quota in bytes; 0 means none. @throws AppError `value-invalid` */
export function parseQuota(value: string): number {
  const bytes = parseSize(value)
  if (bytes !== 0 && bytes < QUOTA_MIN_BYTES) {
    refuse('storage quota', value, 'Borg takes no quota below 10M', 'give at least 10M, or 0 for none')
  }
  return bytes
}
