// A point in time, as people write one.

import { refuse } from './validate.ts'

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/

/** RFC 3339, or local time where there is no zone; a day alone stands for its end. @throws AppError `value-invalid` */
export function parseInstant(value: string): Date {
  const hint = 'write it like 2026-11-20, 2026-11-20T02:30 or 2026-11-20T02:30:00Z'
  const date = DAY.test(value) ? new Date(`${value}T23:59:59.999`) : new Date(TIME.test(value) ? value : Number.NaN)
  if (Number.isNaN(date.getTime()))
    refuse('time', value, 'there is no such time, or it is written in another way', hint)
  return date
}
