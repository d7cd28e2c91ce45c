// A process that is killed, within this one: from a chosen call on nothing happens any more, and nobody is answered.

import { interposed } from './interposed.ts'

/** Counts calls over several objects; at one of them everything stops, before it had its effect or after. */
export class Killed {
  calls = 0
  /** Settles when the process is dead. */
  readonly dead: Promise<void>
  readonly #killAt: number
  readonly #when: 'before' | 'after'
  #isDead = false
  #die: () => void = () => {}

  /** `killAt`: the number of the call, from 0. */
  constructor(killAt: number, when: 'before' | 'after') {
    this.#killAt = killAt
    this.#when = when
    this.dead = new Promise((resolve) => {
      this.#die = resolve
    })
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** `target` with its promising methods of those names counted. */
  in<T extends object>(target: T, names: readonly (keyof T & string)[]): T {
    return interposed(target, names, (_, call) => this.#mortal(call))
  }

  #mortal(call: (...args: unknown[]) => unknown) {
    return async (...args: unknown[]) => {
      const number = this.calls++
      if (number === this.#killAt && this.#when === 'before') this.#kill()
      if (this.#isDead) return await forever()
      const answer = await call(...args)
      if (number === this.#killAt) this.#kill()
      return this.#isDead ? await forever() : answer
    }
  }

  #kill(): void {
    this.#isDead = true
    this.#die()
  }
}

function forever(): Promise<never> {
  return new Promise(() => {})
}
