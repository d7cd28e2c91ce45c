import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { withQuestions } from '../../../../src/cli/output/questions.ts'
import { chooseStyle } from '../../../../src/cli/output/style.ts'
import { AppError } from '../../../../src/errors.ts'
import type { Question } from '../../../../src/workflows/shared/ask.ts'
import { Terminal } from '../../../support/terminal.ts'

async function answer(typed: string | Readable, questions: readonly Question[], stop = new AbortController().signal) {
  const stderr = new Terminal({ isTTY: false })
  const stdin = typeof typed === 'string' ? Readable.from([typed]) : typed
  const style = chooseStyle({ LANG: 'C.UTF-8' }, stderr)
  const answers: string[] = []
  const end = withQuestions({ stdin, stderr, style, stop }, async (ask) => {
    for (const question of questions) answers.push(await ask(question))
  })
  return { answers, end, stderr }
}

const VAULT: Question = {
  text: 'Which vault?',
  fallback: 'nas',
  choices: [
    { answer: 'nas', remark: 'file:///nas' },
    { answer: 'none', remark: 'no\x1bwhere' },
  ],
}

describe('questions on a terminal', () => {
  it('are answered line by line, also ahead, and by nothing where something holds then', async () => {
    const typed = new PassThrough()
    typed.write('a\n\n')
    const { answers, end, stderr } = await answer(typed, [{ text: 'One?' }, { text: 'Two?', fallback: 'b' }])

    await end
    expect(answers).toEqual(['a', 'b'])
    expect(stderr.text).toContain('One? ')
    expect(stderr.text).toContain('Two? [b] ')
  })

  it('take a choice by its number or its name', async () => {
    const { answers, end, stderr } = await answer('2\nnas\n\n3\nnone\n', [VAULT, VAULT, VAULT, VAULT])

    await end
    expect(answers).toEqual(['none', 'nas', 'nas', 'none'])
    expect(stderr.text).toContain('  1  nas   file:///nas\n  2  none  no\\x1bwhere\n')
    expect(stderr.text).toContain('! it is none of these\n')
  })

  it('are asked again after an answer that will not do, which says why', async () => {
    const check = (typed: string) => {
      if (typed === 'x') throw new AppError('value-invalid', 'x is not usable', { reason: 'bad', hint: 'write y' })
    }
    const { answers, end, stderr } = await answer('\nx\ny\n', [{ text: 'One?', check }])

    await end
    expect(answers).toEqual(['y'])
    expect(stderr.text).toContain('! an answer is needed here; Ctrl-C leaves\n')
    expect(stderr.text).toContain('! x is not usable: bad\n  write y\n')
  })

  it('end with the input', async () => {
    const { end } = await answer('', [{ text: 'One?' }])

    await expect(end).rejects.toMatchObject({ code: 'interrupted' })
  })

  it('end with a signal', async () => {
    const stop = new AbortController()
    const { end } = await answer(new PassThrough(), [{ text: 'One?' }], stop.signal)
    stop.abort('SIGTERM')

    await expect(end).rejects.toMatchObject({ code: 'interrupted' })
  })
})
