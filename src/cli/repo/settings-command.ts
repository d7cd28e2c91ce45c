// What `repo create` and `repo import` both take: a name, a place, sources and a policy.

import { Option } from 'clipanion'
import { AppError } from '../../errors.ts'
import type { RepoSettings } from '../../workflows/repo/settings.ts'
import { SecretCommand } from '../repo-command.ts'

export abstract class RepoSettingsCommand extends SecretCommand {
  sources = Option.Array('--source,--backup-target,-b', [], {
    description: 'a directory to back up; give it again for more',
  })
  retention = Option.String('--retention', { description: 'what prune keeps, such as within=7d,daily=7,weekly=4' })
  compression = Option.String('--compression', { description: 'such as lz4 or zstd,6' })
  vault = Option.String('--vault', { description: 'copy it to this vault every day' })

  protected settings(): RepoSettings {
    const given = this.given()
    return { ...given, name: required('--name', given.name), path: required('--path', given.path) }
  }

  protected given() {
    return {
      name: this.repoName,
      path: this.repoPath,
      sources: this.sources,
      retention: this.retention,
      compression: this.compression,
      vault: this.vault,
      passphrase: this.passphrase(),
      workingDirectory: this.context.cwd,
    }
  }
}

function required(option: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new AppError('usage-invalid', `${option} is missing`, {
    reason: 'a repo needs a name and the path of its repository',
    hint: 'for example: --name docs --path /mnt/backup/docs --source ~/Documents',
  })
}
