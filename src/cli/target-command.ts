// Commands about one repo: how it is named.

import { Option } from 'clipanion'
import type { RepoTarget } from '../deps.ts'
import { parseRepositoryPath } from '../model/location.ts'
import { BaseCommand } from './base-command.ts'

export abstract class TargetCommand extends BaseCommand {
  repoName = Option.String('--name,-n', { description: 'the repo by name; not needed when there is only one' })
  repoPath = Option.String('--path,-p', { description: "the repo by its repository's path" })

  protected target(): RepoTarget {
    const path = this.repoPath === undefined ? undefined : parseRepositoryPath(this.repoPath, this.context.cwd)
    return { name: this.repoName, path }
  }
}
