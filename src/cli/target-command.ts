// Commands about one repo: how it is named.

import { Option } from 'clipanion'
import type { RepoTarget } from '../deps.ts'
import { parseRepositoryPath } from '../model/location.ts'
import { BaseCommand } from './base-command.ts'

export abstract class TargetCommand extends BaseCommand {
  repoName = Option.String('--name,-n', { description: 'the repo by name; not needed when there is only one' })
  repoPath = Option.String('--path,-p', { description: "the repo by its repository's path" })

  protected target(): RepoTarget {
    return { name: this.repoName, path: pathFrom(this.repoPath, this.context.cwd) }
  }
}

/** @throws AppError `value-invalid` */
export function pathFrom(path: string | undefined, cwd: string): string | undefined {
  return path === undefined ? undefined : parseRepositoryPath(path, cwd)
}
