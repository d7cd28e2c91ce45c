// A part of a 1.x home that cannot be read is told of, and does not keep the others from being read.

import { AppError } from '../errors.ts'
import type { Finding } from '../model/finding.ts'
import { optional } from '../model/repo.ts'

/** What `read` resolves to, or undefined, with one problem more. */
export async function readOrTell<T>(
  subject: string,
  problems: Finding[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const message = `cannot be read: ${error.reason ?? error.message}`
    problems.push({ level: 'warning', subject, message, ...optional('hint', error.hint) })
    return undefined
  }
}
