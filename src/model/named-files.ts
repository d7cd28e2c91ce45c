// Files of the home that carry the name of a repo, and how they follow it when it gets another name.

import type { RepoName } from './names.ts'

/** Both may be cut off anywhere and are safe to repeat. */
export interface NamedFiles {
  /**
   * Gives the files of `from` the name `to` besides. @throws AppError `file-unusable` where another file has it already,
   * perhaps the only one of its kind
   */
  share(from: RepoName, to: RepoName): Promise<void>
  /** Takes the name `from` from the files that have the name `to` besides. Resolves to how many there were. */
  unshare(from: RepoName, to: RepoName): Promise<number>
}
