// What borgboi keeps inside a repository while it goes back: `.borgboi-undo`, which Borg ignores, with the rehearsal and,
// once the repository itself is being changed, a journal of it. Inside, because only there are hard links sure to work.

import { join } from 'node:path'
import * as z from 'zod/mini'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'

const FORMAT = 1

export const undoDirectory = (repository: string) => join(repository, '.borgboi-undo')
export const rehearsalDirectory = (repository: string) => join(undoDirectory(repository), 'repository')
const journalFile = (repository: string) => join(undoDirectory(repository), 'journal.json')

const JOURNAL = z.object({
  format: z.literal(FORMAT),
  to: z.object({ transactionId: z.int(), segments: z.int() }),
  /** The number of the segment that commits the state that is gone back to. */
  commit: z.int(),
  /** The segments that are taken away: by path, what they were. */
  dropped: z.record(z.string(), z.string()),
  back: z.readonly(z.array(z.string())),
  gone: z.readonly(z.array(z.string())),
})

export type Journal = Omit<z.infer<typeof JOURNAL>, 'format'>

export async function writeJournal(repository: string, journal: Journal): Promise<void> {
  await writeFileAtomic(journalFile(repository), `${JSON.stringify({ format: FORMAT, ...journal })}\n`)
}

/** Undefined where there is none, or none of this format. */
export async function readJournal(repository: string): Promise<Journal | undefined> {
  const text = await readTextIfAny(journalFile(repository))
  try {
    return JOURNAL.parse(JSON.parse(text ?? ''))
  } catch {
    return undefined
  }
}
