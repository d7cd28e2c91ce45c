// What is remembered of a move by copying until it is over: `data/moves/<borg id>.json`, see docs/formats.md.

import { join } from 'node:path'
import * as z from 'zod/mini'
import { AppError } from '../errors.ts'
import { removeFileIfAny } from '../platform/entries.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'

const FORMAT = 1
const PLACE = 'moves'

const JOURNAL = z.object({
  format: z.literal(FORMAT),
  from: z.string(),
  to: z.string(),
  /** Beside `to`, where the copy is made. */
  staging: z.string(),
  /**
   * `copying`: `staging` is being filled. `placing`: it is whole, and may be at `to` already. `removing`: `to` took the place
   * of `from`, which is being removed.
   */
  phase: z.enum(['copying', 'placing', 'removing']),
  /** Of the original when it was copied, from `placing` on. */
  fingerprint: z.optional(z.string()),
})

export type Journal = Omit<z.infer<typeof JOURNAL>, 'format'>

export class Journals {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = join(directory, PLACE)
  }

  /** @throws AppError `file-unusable` for one that is damaged: what it tells of may be lying about */
  async read(borgId: string): Promise<Journal | undefined> {
    const file = this.#file(borgId)
    const text = await readTextIfAny(file)
    if (text === undefined) return undefined
    try {
      const { format: _format, ...journal } = JOURNAL.parse(JSON.parse(text))
      return journal
    } catch (error) {
      throw new AppError('file-unusable', `cannot tell how far an earlier move came`, {
        reason: `${file} is damaged or was written by a newer borgboi`,
        hint: `look for two copies of the repository, then move that file away: mv ${file} ${file}.old`,
        cause: error,
      })
    }
  }

  async write(borgId: string, journal: Journal): Promise<void> {
    await writeFileAtomic(this.#file(borgId), `${JSON.stringify({ format: FORMAT, ...journal })}\n`)
  }

  async clear(borgId: string): Promise<void> {
    await removeFileIfAny(this.#file(borgId))
  }

  #file(borgId: string): string {
    return join(this.#directory, `${borgId}.json`)
  }
}
