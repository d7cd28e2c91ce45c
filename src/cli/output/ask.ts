// Asking on the terminal: before something is lost, and for what must not be seen. Without a terminal nobody can be asked.

import { type Readable, Writable } from 'node:stream'
import { AppError } from '../../errors.ts'
import { type Secret, SecretText } from '../../model/secret.ts'
import type { Loss } from '../../workflows/shared/confirm.ts'
import { sanitizeForTerminal } from './format.ts'

export interface Questioning {
  readonly stdin: Readable
  readonly stderr: Writable
  readonly json: boolean
  /** Takes the question back. */
  readonly stop: AbortSignal
}

/** What a person types, unseen; undefined without a terminal. @throws AppError `interrupted` when it was ended instead */
export async function askHidden(
  { stdin, stderr, json, stop }: Questioning,
  question: string,
): Promise<Secret | undefined> {
  if (json || !isTerminal(stdin)) return undefined
  const { createInterface } = await import('node:readline')
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: stdin, output: unseen, terminal: true })
  try {
    stderr.write(`${sanitizeForTerminal(question)}: `)
    const answer = await new Promise<string | undefined>((resolve) => {
      const leave = () => resolve(undefined)
      if (stop.aborted) leave()
      stop.addEventListener('abort', leave, { once: true })
      terminal.once('line', resolve).once('close', leave)
    })
    if (answer !== undefined) return new SecretText(answer)
    throw new AppError('interrupted', 'no passphrase was typed', {
      reason: 'the question was left without an answer',
      hint: 'nothing was changed',
    })
  } finally {
    terminal.close()
    stderr.write('\n')
  }
}

/** @throws AppError `confirmation-needed` without a terminal, `interrupted` when `stop` is aborted before the answer */
export async function askOnTerminal({ stdin, stderr, json, stop }: Questioning, loss: Loss): Promise<boolean> {
  if (json || !isTerminal(stdin)) {
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

function isTerminal(stdin: Readable & { readonly isTTY?: boolean }): boolean {
  return stdin.isTTY === true
}
