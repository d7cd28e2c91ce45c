// Asking for what was not said, on the terminal: one line an answer, Tab completes, what will not do is told and asked
// again. Ctrl-C and Ctrl-D leave.

import type { Readable, Writable } from 'node:stream'
import { AppError, toAppError } from '../../errors.ts'
import type { Ask, Question } from '../../workflows/shared/ask.ts'
import { sanitizeForTerminal } from './format.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

export interface Asking {
  readonly stdin: Readable
  readonly stderr: Writable
  readonly style: Style
  /** Takes the question back. */
  readonly stop: AbortSignal
}

/** Hands a way to ask to `act`, and gives the terminal back when that ends. */
export async function withQuestions<T>(
  { stdin, stderr, style, stop }: Asking,
  act: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { createInterface } = await import('node:readline/promises')
  let current: Question | undefined
  const completer = async (begun: string): Promise<[string[], string]> => [
    [...((await current?.complete?.(begun)) ?? [])],
    begun,
  ]
  const terminal = createInterface({ input: stdin, output: stderr, completer })
  // Lines that are typed ahead wait for their question.
  const lines = terminal[Symbol.asyncIterator]()
  let isOpen = true
  terminal.once('close', () => {
    isOpen = false
  })
  const takenBack = new Promise<undefined>((resolve) => {
    if (stop.aborted) resolve(undefined)
    else stop.addEventListener('abort', () => resolve(undefined))
  })
  const answerTo = async (question: Question): Promise<string> => {
    const { choices = [], fallback } = question
    if (choices.length > 0) stderr.write(`${renderChoices(question)}\n`)
    terminal.setPrompt(promptOf(question, style))
    for (;;) {
      if (isOpen) terminal.prompt()
      const line = await Promise.race([lines.next(), takenBack])
      if (line === undefined || line.done) throw left(stderr)
      const answer = chosen(question, line.value.trim() || fallback || '')
      const problem = await problemOf(question, answer)
      if (problem === undefined) return answer
      const told = problem.map(sanitizeForTerminal).join('\n  ')
      stderr.write(`${style.paint('yellow', style.symbols.warnings)} ${told}\n`)
    }
  }
  try {
    return await act(async (question) => {
      current = question
      return await answerTo(question)
    })
  } finally {
    terminal.close()
  }
}

function promptOf({ text, fallback }: Question, { paint }: Style): string {
  return `${paint('bold', sanitizeForTerminal(text))} ${fallback ? `[${sanitizeForTerminal(fallback)}] ` : ''}`
}

function renderChoices({ choices = [] }: Question): string {
  return renderTable(
    choices.map(({ answer, remark }, index) => [`  ${index + 1}`, answer, sanitizeForTerminal(remark)]),
  )
}

/** A choice by its number. */
function chosen({ choices = [] }: Question, typed: string): string {
  return choices[/^\d+$/.test(typed) ? Number(typed) - 1 : -1]?.answer ?? typed
}

/** What is wrong with an answer and what to write instead; undefined where it will do. */
async function problemOf({ choices, fallback, check }: Question, answer: string): Promise<string[] | undefined> {
  if (answer === '' && fallback === undefined) return ['an answer is needed here; Ctrl-C leaves']
  if (choices && !choices.some((choice) => choice.answer === answer)) return ['it is none of these']
  try {
    await check?.(answer)
    return undefined
  } catch (error) {
    const { code, message, reason = '', hint = '' } = toAppError(error)
    if (code === 'internal' || code === 'interrupted') throw error
    return [`${message}: ${reason}`, hint]
  }
}

function left(stderr: Writable): AppError {
  stderr.write('\n')
  return new AppError('interrupted', 'left before the last question', {
    reason: 'there was no answer',
    hint: 'nothing was changed',
  })
}
