// Exclusions files of the home: `<repo>.txt` for one repo, `_shared.txt` for all. No repo's name starts with "_".

import { join } from 'node:path'
import type { ExclusionStore } from '../deps.ts'
import { AppError } from '../errors.ts'
import { type ExclusionPattern, parseExclusionLines } from '../model/exclusions.ts'
import type { RepoName } from '../model/names.ts'
import { readTextIfAny, writeFileAtomic } from '../platform/files.ts'
import { shareFiles, unshareFiles } from '../platform/second-names.ts'

export class FileExclusionStore implements ExclusionStore {
  readonly #directory: string

  /** `directory`: `<home>/data`; it need not exist. */
  constructor(directory: string) {
    this.#directory = join(directory, 'exclusions')
  }

  path(scope: RepoName | 'shared'): string {
    return join(this.#directory, scope === 'shared' ? '_shared.txt' : `${scope}.txt`)
  }

  async read(scope: RepoName | 'shared'): Promise<string | undefined> {
    return await readTextIfAny(this.path(scope))
  }

  async write(scope: RepoName | 'shared', text: string): Promise<void> {
    await writeFileAtomic(this.path(scope), text)
  }

  async readOther(path: string): Promise<string> {
    const text = await readTextIfAny(path)
    if (text !== undefined) return text
    throw new AppError('file-unusable', `cannot read ${path}`, {
      reason: 'there is no such file',
      hint: 'check the path of the exclusions to copy',
    })
  }

  async share(from: RepoName, to: RepoName): Promise<void> {
    await shareFiles([[this.path(from), this.path(to)]])
  }

  async unshare(from: RepoName, to: RepoName): Promise<number> {
    return await unshareFiles([[this.path(from), this.path(to)]])
  }

  async patterns(scope: RepoName | 'shared'): Promise<readonly ExclusionPattern[]> {
    try {
      return parseExclusionLines((await this.read(scope)) ?? '')
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'value-invalid') throw error
      throw new AppError('value-invalid', `cannot use the exclusions in ${this.path(scope)}`, {
        reason: `${error.message}: ${error.reason}`,
        hint: error.hint,
        cause: error,
      })
    }
  }
}
