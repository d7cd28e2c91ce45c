// How far a run is, noted before each of its steps, and what becomes of the notes of runs that were cut off. Notes help
// the next run; a run whose notes cannot be written goes on all the same.

import type { Deps } from '../../deps.ts'
import { toAppError } from '../../errors.ts'
import { type RunUnderWay, toCutOff } from '../../model/run.ts'

type JournalDeps = Pick<Deps, 'runs' | 'events' | 'clock'>

export class RunJournal {
  readonly #deps: JournalDeps
  #told = false

  constructor(deps: JournalDeps) {
    this.#deps = deps
  }

  /** Never throws. */
  async note(run: Omit<RunUnderWay, 'notedAt'>): Promise<void> {
    const { runs, clock } = this.#deps
    await this.#orTell(() => runs.note({ ...run, notedAt: clock.now().toISOString() }))
  }

  /** Makes reports of what earlier runs on this repo noted: whoever holds its lock knows that they are over. Never throws. */
  async settle(repo: string): Promise<void> {
    const { runs } = this.#deps
    await this.#orTell(async () => {
      for (const run of await runs.underWay(repo)) await runs.append(toCutOff(run))
    })
  }

  async #orTell(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (this.#told) return
      this.#told = true
      const { message, reason } = toAppError(error)
      this.#deps.events({
        type: 'notice',
        level: 'warning',
        message: `how far this run is cannot be noted: ${message}${reason === undefined ? '' : ` (${reason})`}`,
        hint: 'if it is cut off, the next one starts from the beginning',
      })
    }
  }
}
