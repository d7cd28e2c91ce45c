// What a replica directory remembers of itself, `replica.json`: the generation it shows, and its files as they were when
// they had been verified. A replica whose files are others by now was written to.

import { join } from 'node:path'
import * as z from 'zod/mini'
import { AppError } from '../errors.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'

const FORMAT = 1

const kept = z.object({ seq: z.int().check(z.positive()), ulid: z.string().check(z.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)) })

const STATE = z.object({
  format: z.literal(FORMAT),
  repoId: z.string(),
  /** Of the vault. */
  url: z.string(),
  /** What `current` leads to. */
  applied: z.extend(kept, { sha256: z.string() }),
  epoch: z.int(),
  /** Absent where the head could not be read. */
  headEtag: z.optional(z.string()),
  /** Oldest first; the last is the applied one. */
  kept: z.array(kept),
  /** `begun`: the counter may be raised already. */
  promoted: z.optional(z.enum(['begun', 'done'])),
  files: z.array(
    z.object({ path: z.string(), sha256: z.string(), size: z.int(), mtimeMs: z.number(), inode: z.number() }),
  ),
})

export type ReplicaState = z.infer<typeof STATE>
export type ReplicaFile = ReplicaState['files'][number]

export const STATE_FILE = 'replica.json'

/** Undefined where the directory is no replica. @throws AppError `file-unusable` */
export async function readReplicaState(directory: string): Promise<ReplicaState | undefined> {
  const text = await readTextIfAny(join(directory, STATE_FILE))
  if (text === undefined) return undefined
  const parsed = STATE.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AppError('file-unusable', `cannot use the replica in ${directory}`, {
    reason: `its replica.json is damaged or was written by another version of borgboi`,
    hint: 'pull into a new directory, and remove this one when nobody reads it any more',
  })
}

export async function writeReplicaState(directory: string, state: Omit<ReplicaState, 'format'>): Promise<void> {
  await writeFileAtomic(join(directory, STATE_FILE), `${JSON.stringify({ ...state, format: FORMAT })}\n`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
