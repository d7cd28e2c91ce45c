// `borgboi backup delete`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupDeleteCommand extends RepoCommand {
  static override paths = [['backup', 'delete']]
  static override usage = usage({
    category: 'Backups',
    description: 'delete archives',
    details:
      'Asks first, naming them. One wrong name and none is deleted. Until the next compact, backup undo brings them back.',
    examples: [
      ['See what would go', '$0 backup delete --name docs --archive docs-2026-11-20T02:30:04 --dry-run'],
      ['Delete two without asking', '$0 backup delete --name docs --archive ONE --archive TWO --yes'],
    ],
    exits: REPOSITORY_EXITS,
  })

  archives = Option.Array('--archive,-a', { required: true, description: 'an archive by name; give it again for more' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be deleted' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { archives, dryRun } = this
    const confirm = output.confirm(this.yes)
    const input = { ...this.target(), passphrase: this.passphrase(), archives, dryRun, confirm }
    return output.runs(await app.orchestrator.backup.delete(input))
  }
}
