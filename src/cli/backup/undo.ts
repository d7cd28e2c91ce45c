// `borgboi backup undo`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupUndoCommand extends RepoCommand {
  static override paths = [['backup', 'undo']]
  static override usage = usage({
    category: 'Backups',
    description: 'bring back the archives that a prune or delete removed',
    details:
      'Works until the next compact, for which backup daily waits (borg.compact_after). The repository goes back to the ' +
      'state before the removal: that is made as a copy that takes no space, checked there by Borg, and then put in place. ' +
      'Asks first, naming every archive that comes back and every one made since then, which would go. Borg reads the whole ' +
      'repository twice for it. Cut off, the same command goes on.',
    examples: [
      ['See what would come back', '$0 backup undo --name docs --dry-run'],
      ['Undo the last prune or delete', '$0 backup undo --name docs'],
      ['Back to before one archive was removed', '$0 backup undo --name docs --archive docs-2026-11-20T02:30:04'],
    ],
    exits: [...REPOSITORY_EXITS, EXIT.damage],
  })

  archive = Option.String('--archive,-a', { description: 'back to before this one was removed; else the last removal' })
  acceptLoss = Option.Boolean('--accept-loss', false, {
    description: 'say that archives made since the removal may go',
  })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would come back, and what would go' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { archive, acceptLoss, dryRun } = this
    const confirm = output.confirm(this.yes)
    const input = { ...this.target(), passphrase: this.passphrase(), archive, acceptLoss, dryRun, confirm }
    return output.runs(await app.orchestrator.backup.undo(input))
  }
}
