// `borgboi repo move`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoMoveCommand extends RepoCommand {
  static override paths = [['repo', 'move']]
  static override usage = usage({
    category: 'Repos',
    description: 'move a repository to another directory or disk of this machine',
    details:
      'On one file system it is renamed. To another it is copied, compared, opened there by Borg, and only then removed from ' +
      'where it was. Interrupted, run it again: it goes on. A repository that you moved by hand is recorded at the place you ' +
      'name, when it is the same one.',
    examples: [
      ['See what it takes', '$0 repo move docs --to /mnt/big/docs --dry-run'],
      ['Move it', '$0 repo move docs --to /mnt/big/docs'],
      ['By the place it has', '$0 repo move --path /mnt/backup/docs --to /mnt/big/docs'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  repo = Option.String({ name: 'name', required: false })
  to = Option.String('--to', { required: true, description: 'the directory that becomes the repository' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be moved, and how' })

  protected override target() {
    const target = super.target()
    if (this.repo === undefined) return target
    if (target.name === undefined) return { ...target, name: this.repo }
    throw new AppError('usage-invalid', 'cannot tell which repo is meant', {
      reason: `both ${this.repo} and --name ${target.name} were given`,
      hint: 'give one of them',
    })
  }

  async run(app: App, output: Output) {
    const { to, dryRun } = this
    const input = { ...this.target(), to, workingDirectory: this.context.cwd, dryRun, passphrase: this.passphrase() }
    return output.runs([await app.orchestrator.repo.move(input)])
  }
}
