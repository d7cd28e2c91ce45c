// A copy of an earlier state that Borg can open: second names of its segments, and one new segment that commits them. Its
// number is above all that were ever used here, so that the last transaction never seems to be an earlier one: Borg takes
// it for a transaction that changed nothing, and makes the index anew as after a crash.

import { dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import type { RepositoryPoint } from '../model/removal.ts'
import { readBytesIfAny } from '../platform/entries.ts'
import { hardLink } from '../platform/file-facts.ts'
import { makePrivateDirectory, writeFileAtomic } from '../platform/files.ts'
import { COMMIT_SEGMENT, isCommitted, segmentPath } from '../platform/segment-files.ts'
import { removeEntry } from '../platform/trees.ts'
import { type RepositoryState, readState, upTo } from './repository-state.ts'
import type { Rehearsal } from './rollback.ts'
import { rehearsalDirectory, undoDirectory } from './undo-directory.ts'

/** Files beside the segments that a repository needs to be opened. They are replaced as a whole: copies, no links. */
const OTHERS = ['README', 'config', 'nonce']

/** @throws AppError `undo-impossible`, `disk-full`, `file-denied` */
export async function rehearse(repository: string, to: RepositoryPoint): Promise<Rehearsal> {
  await removeEntry(undoDirectory(repository))
  const state = await readState(repository)
  if (state === undefined) throw impossible(repository, 'there is no Borg repository on this machine', IS_IT_MOUNTED)
  const kept = upTo(state.segments, to.transactionId)
  const last = kept.at(-1)
  if (last?.number !== to.transactionId || kept.length !== to.segments || !isCommitted(repository, last)) {
    throw impossible(repository, 'it was compacted since: what was removed is gone for good', TRY_ANOTHER_COPY)
  }
  const directory = rehearsalDirectory(repository)
  const commit = segmentPath(commitNumber(state), state.segmentsPerDir)
  for (const parent of new Set([...kept.map(({ path }) => path), commit].map(dirname))) {
    await makePrivateDirectory(join(directory, parent))
  }
  for (const { path } of kept) {
    if (hardLink(join(repository, path), join(directory, path)) !== 'linked') {
      throw impossible(repository, `its file system has no hard links, or not for ${path}`, TRY_ANOTHER_COPY)
    }
  }
  for (const name of OTHERS) {
    const bytes = readBytesIfAny(join(repository, name))
    if (bytes !== undefined) await writeFileAtomic(join(directory, name), bytes)
  }
  await writeFileAtomic(join(directory, commit), COMMIT_SEGMENT)
  return { directory, to, from: state.point }
}

/** Also above the segments of a transaction that was not committed. */
export function commitNumber({ segments }: RepositoryState): number {
  return (segments.at(-1)?.number ?? 0) + 1
}

const IS_IT_MOUNTED = 'mount its disk; of a repository on another machine, run borgboi there'
const TRY_ANOTHER_COPY = 'older generations in a vault still have it, if there is one: borgboi s3 generations'

function impossible(repository: string, reason: string, hint: string): AppError {
  return new AppError('undo-impossible', `cannot go back in the repository at ${repository}`, { reason, hint })
}
