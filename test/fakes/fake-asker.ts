// A person with prepared answers, one for each time they are asked; an answer that will not do is followed by the next.

import { AppError } from '../../src/errors.ts'
import type { Ask } from '../../src/workflows/shared/ask.ts'

export class FakeAsker {
  readonly #answers: string[]
  /** What was asked, and was told of answers that would not do, in order. */
  readonly heard: string[] = []

  constructor(...answers: string[]) {
    this.#answers = answers
  }

  readonly ask: Ask = async ({ text, fallback, check }) => {
    this.heard.push(text)
    for (;;) {
      const typed = this.#answers.shift()
      if (typed === undefined) throw new Error(`nothing was prepared for: ${text}`)
      const answer = typed === '' ? (fallback ?? '') : typed
      try {
        await check?.(answer)
        return answer
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        this.heard.push(`! ${error.message}`)
      }
    }
  }
}
