// Asking on the terminal before something is lost. Without a terminal nobody can be asked, and nothing is done.

import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../errors.ts'
import type { Loss } from '../../workflows/shared/confirm.ts'
import { sanitizeForTerminal } from './format.ts'

export interface Questioning {
  readonly stdin: Readable
  readonly stderr: Writable
  readonly json: boolean
  /** Takes the question back. */
  readonly stop: AbortSignal
}

/** @throws AppError `confirmation-needed` without a terminal, `interrupted` when `stop` is aborted before the answer */
export async function askOnTerminal({ stdin, stderr, json, stop }: Questioning, loss: Loss): Promise<boolean> {
  if (json || !(stdin as Readable & { isTTY?: boolean }).isTTY) {
    throw new AppError('confirmation-needed', `did not ${loss.action}`, {
      reason: 'it asks for a confirmation, and there is no terminal to ask on',
      hint: 'look at it with --dry-run, then say --yes',
    })
  }
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: stdin, output: stderr })
  try {
    const lines = loss.consequences.map((line) => `  - ${sanitizeForTerminal(line)}\n`)
    stderr.write(`About to ${sanitizeForTerminal(loss.action)}:\n${lines.join('')}`)
    // Ctrl-D, and Ctrl-C in the middle of the line, end the terminal and leave the question open for ever.
    const left = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)))
    const answer = await Promise.race([terminal.question('Go on? [y/N] ', { signal: stop }), left])
    if (answer === undefined) stderr.write('\n')
    return /^y(es)?$/i.test((answer ?? '').trim())
  } catch (error) {
    if (!stop.aborted) throw error
    throw new AppError('interrupted', `did not ${loss.action}`, {
      reason: `borgboi got ${String(stop.reason)} before an answer`,
      hint: 'nothing was changed',
    })
  } finally {
    terminal.close()
  }
}
