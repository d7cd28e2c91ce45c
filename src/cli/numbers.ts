// Options whose value is a whole number.

import { AppError } from '../errors.ts'

/** @throws AppError `usage-invalid` */
export function toNumber(option: string, value: string | undefined, least = 0): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value) && Number(value) >= least) return Number(value)
  throw new AppError('usage-invalid', `${option} ${value} is not usable`, {
    reason: `it is not a whole number from ${least} on`,
    hint: `write it like ${option} ${Math.max(least, 3)}`,
  })
}
