// Asking on the terminal before something is lost. Without a terminal nobody can be asked, and nothing is done.

import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../errors.ts'
import type { Loss } from '../../workflows/shared/confirm.ts'
import { sanitizeForTerminal } from './format.ts'

/** @throws AppError `confirmation-needed` without a terminal */
export async function askOnTerminal(
  { stdin, stderr, json }: { readonly stdin: Readable; readonly stderr: Writable; readonly json: boolean },
  loss: Loss,
): Promise<boolean> {
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
    return /^y(es)?$/i.test((await terminal.question('Go on? [y/N] ')).trim())
  } finally {
    terminal.close()
  }
}
