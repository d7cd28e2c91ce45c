// Faults put into any dependency: the same object, with one of its calls failing.

import { AppError } from '../../src/errors.ts'
import { interposed } from './interposed.ts'

/** Counts calls over several objects and lets one of them fail, before it had its effect or after; a killed process does nothing more. */
export class Faults {
  calls = 0
  /** What failed, as `init` or `update`. */
  failed: string | undefined
  readonly #failAt: number
  readonly #when: 'before' | 'after' | 'killed'

  /** `failAt`: the number of the call, from 0. */
  constructor(failAt: number, when: 'before' | 'after' | 'killed') {
    this.#failAt = failAt
    this.#when = when
  }

  /** `target` with its promising methods of those names counted. */
  in<T extends object>(target: T, names: readonly (keyof T & string)[]): T {
    return interposed(target, names, (name, call) => this.#faulty(name, call))
  }

  #faulty(name: string, call: (...args: unknown[]) => unknown) {
    return async (...args: unknown[]) => {
      const place = this.calls++ - this.#failAt
      if (place !== 0 && !(this.#when === 'killed' && this.failed && place > 0)) return await call(...args)
      this.failed = name
      if (this.#when === 'after') await call(...args)
      throw new AppError('disk-full', `cannot ${name}`, { reason: 'a fault was put in', hint: 'take it out' })
    }
  }
}

/** `target`, whose method `name` fails each time. */
export function broken<T extends object>(target: T, name: keyof T & string): T {
  return interposed(target, [name], () => async () => {
    throw new AppError('disk-full', `cannot ${name}`, { reason: 'a fault was put in', hint: 'take it out' })
  })
}
