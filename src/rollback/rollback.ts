// What workflows ask of a repository's own past. Every state that was ever committed is still in its segments until a
// compact: to go back is to leave out the later ones. Every method takes the directory of a repository on this machine;
// none runs Borg or knows records.

import type { RepositoryPoint } from '../model/removal.ts'

/** A copy of an earlier state that Borg can open. It takes no space but for what Borg makes anew in it. */
export interface Rehearsal {
  /** The copy, inside the repository's own directory. */
  readonly directory: string
  readonly to: RepositoryPoint
  /** The state of the repository that the copy was made from. */
  readonly from: RepositoryPoint
}

/** Archives by name: what going back brings back, and what it takes away. */
export interface Exchange {
  readonly back: readonly string[]
  readonly gone: readonly string[]
}

/** Going back that was begun and not finished. */
export interface BegunReturn extends Exchange {
  readonly to: RepositoryPoint
}

export interface Rollback {
  /** The state that the repository is in; undefined where it is not on this machine, or none is committed. */
  point(repository: string): Promise<RepositoryPoint | undefined>
  /**
   * Makes a copy of the state at a point, in place of one that was left. The repository is not touched.
   * @throws AppError `undo-impossible` when it was compacted since, or cannot be linked; `disk-full`, `file-denied`
   */
  rehearse(repository: string, to: RepositoryPoint): Promise<Rehearsal>
  /**
   * Makes the repository what its rehearsal is. Nobody else may be at work in it. Killed at any moment, the repository
   * is in one of its committed states, and `finish` goes on. Neither the number of its last transaction nor its counter
   * ever falls. @throws AppError `locked` where the repository has changed since the rehearsal
   */
  goBack(repository: string, rehearsal: Rehearsal, exchange: Exchange): Promise<void>
  /** A `goBack` that was cut off, as long as nobody has written to the repository since. */
  begun(repository: string): Promise<BegunReturn | undefined>
  /** Goes on with what `begun` told of. Safe to repeat. */
  finish(repository: string): Promise<void>
  /** Removes the rehearsal, and what is noted of going back. */
  clear(repository: string): Promise<void>
}
