// Removing archives so that it can be undone. Before anything is removed the record tells which state the repository was
// in, afterwards what went: killed in between, that state is still known, and undo finds out what went by itself.

import type { Deps } from '../../deps.ts'
import { type Removal, removalBegun, removalDone } from '../../model/removal.ts'
import type { RepoRecord } from '../../model/repo.ts'

export type RemovalDeps = Pick<Deps, 'repos' | 'rollback' | 'clock'>

type Removed = Pick<Removal, 'archives' | 'reclaimableBytes'>

/** Performs `remove`, and resolves to what it did. */
export async function recordRemoval<Result extends Removed>(
  deps: RemovalDeps,
  { name, path }: RepoRecord,
  remove: () => Promise<Result>,
): Promise<Result> {
  const before = await deps.rollback.point(path)
  const at = deps.clock.now().toISOString()
  const done = (removed: Removed) => deps.repos.update(name, (current) => removalDone(current, removed))
  await deps.repos.update(name, (current) => removalBegun(current, at, before))
  try {
    const result = await remove()
    await done(result)
    return result
  } catch (error) {
    const now = await deps.rollback.point(path)
    const isUnchanged = before !== undefined && now?.transactionId === before.transactionId
    // What is not taken back only makes the next compact wait.
    if (isUnchanged) await done({ archives: [], reclaimableBytes: 0 }).catch(() => undefined)
    throw error
  }
}
