// What `repo move` asks of the files of a repository: that they get to another place of this machine, whole or not at
// all. It knows neither records nor Borg.

import type { StepHandlers } from '../model/events.ts'

/** A repository on its way; both places absolute. */
export interface Move {
  readonly borgId: string
  readonly from: string
  readonly to: string
}

export interface MovePlan {
  /** Within a file system it is one rename. */
  readonly way: 'rename' | 'copy'
  readonly files: number
  readonly bytes: number
}

/** Safe to repeat after being cut off anywhere. */
export interface Relocation {
  /** A move by copying that is not over: its original is still there, whole or in part. */
  begun(borgId: string): Promise<Move | undefined>
  /**
   * What `bring` would do. Changes nothing. @throws AppError `destination-not-empty`, `value-invalid` where one place is in
   * the other, `file-unusable` for a repository behind a link, `disk-full`
   */
  plan(move: Move): Promise<MovePlan>
  /**
   * When it resolves, `to` is the repository, on disk. Where it was renamed, `from` is gone; where it was copied, `from`
   * is as it was. Nobody else may use it meanwhile. @throws AppError as `plan`, `interrupted`
   */
  bring(move: Move, handlers: StepHandlers): Promise<MovePlan>
  /**
   * After a copy that took the original's place: removes the original, unless somebody has changed it since it was
   * copied. Nothing there is fine.
   */
  removeOriginal(move: Move): Promise<'removed' | 'changed' | 'gone'>
  /** Gives up a move that is not over: removes what is not yet a whole repository. Resolves to a whole copy that stays. */
  abandon(borgId: string): Promise<string | undefined>
}
