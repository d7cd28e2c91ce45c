// How every rule of the model reports a bad value: what was given, why it is refused, what would be accepted.

import { AppError } from '../errors.ts'

/** @throws AppError `value-invalid`, always. `subject` names the thing ("compression", "repo name"). */
export function refuse(subject: string, value: unknown, reason: string, hint: string): never {
  throw new AppError('value-invalid', `${subject} ${shown(value)} is not usable`, { reason, hint })
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : asJson(value)
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}

/** JSON where there is one: an object from YAML may contain itself. */
function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return typeof value
  }
}
