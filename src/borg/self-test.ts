// Borg tests its own code at every start, a tenth of a second that its manual lets be saved once a binary has passed.
// borgboi lets it test itself again when the binary has changed, and once a week.

import type { Clock } from '../deps.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'

const VALID_MS = 7 * 86_400_000

export class SelfTest {
  readonly #file: string
  readonly #clock: Clock
  /** The binaries that passed in this process or are known to have, each with the time. */
  #passed: Promise<Record<string, number>> | undefined

  /** `file`: where it is remembered; it need not exist. */
  constructor(file: string, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  /** What to add to Borg's environment. `stamp` tells one state of a binary from another. */
  async environment(stamp: string): Promise<Record<string, string>> {
    this.#passed ??= this.#read()
    const at = (await this.#passed)[stamp] ?? Number.NEGATIVE_INFINITY
    return Math.abs(this.#clock.now().getTime() - at) < VALID_MS ? { BORG_SELFTEST: 'disabled' } : {}
  }

  /** Called when a run was fine: a Borg that fails its test does not get that far. */
  async hasPassed(stamp: string): Promise<void> {
    if ('BORG_SELFTEST' in (await this.environment(stamp))) return
    const passed = { [stamp]: this.#clock.now().getTime() }
    this.#passed = Promise.resolve(passed)
    // Not remembered, the next borgboi lets Borg test itself once more: no reason to fail a run that was fine.
    await writeFileAtomic(this.#file, `${JSON.stringify(passed)}\n`).catch(() => undefined)
  }

  async #read(): Promise<Record<string, number>> {
    try {
      return JSON.parse((await readTextIfAny(this.#file)) ?? '{}') as Record<string, number>
    } catch {
      // A memory that cannot be read is none.
      return {}
    }
  }
}
