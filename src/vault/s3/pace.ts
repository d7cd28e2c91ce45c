// How many requests are under way at once: as many as serve the vault well, fewer once the server asks to be spared.

export class Pace {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #limit: number
  #active = 0
  /** Answers since the limit last changed. */
  #calm = 0
  /** Raised with every slowing: refusals of requests that were sent before it say nothing new. */
  #era = 0

  constructor(most: number) {
    this.#most = most
    this.#limit = most
  }

  get limit(): number {
    return this.#limit
  }

  /** Runs `send` when there is room. `isSlowDown` tells of its error that there were too many. */
  async run<T>(send: () => Promise<T>, isSlowDown: (error: unknown) => boolean): Promise<T> {
    if (this.#active >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#active += 1
    const era = this.#era
    try {
      const answer = await send()
      this.#succeeded()
      return answer
    } catch (error) {
      if (era === this.#era && isSlowDown(error)) this.#slow()
      throw error
    } finally {
      this.#active -= 1
      this.#admit()
    }
  }

  #slow(): void {
    this.#era += 1
    this.#limit = Math.max(1, Math.floor(this.#limit / 2))
    this.#calm = 0
  }

  #succeeded(): void {
    if (this.#limit === this.#most) return
    this.#calm += 1
    if (this.#calm < this.#limit * CALM_ROUNDS) return
    this.#calm = 0
    this.#limit += 1
  }

  #admit(): void {
    while (this.#active < this.#limit) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#active += 1
      next()
    }
  }
}

/** So many times the limit must succeed before one more is tried. */
const CALM_ROUNDS = 8
