// `borgboi backup prune`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { acceptChangeOption } from '../accept-change.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupPruneCommand extends RunCommand {
  static override paths = [['backup', 'prune']]
  static override usage = usage({
    category: 'Backups',
    description: 'remove the archives that the retention policy does not keep',
    details: 'The space comes back with the next compact; until then backup undo brings the archives back.',
    examples: [
      ['See what would go', '$0 backup prune --name docs --dry-run'],
      ['Prune every repo', '$0 backup prune --all'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be removed' })
  acceptChange = acceptChangeOption()

  async run(app: App, output: Output) {
    const { dryRun, acceptChange } = this
    return output.runs(await app.orchestrator.backup.prune({ ...this.selection(), dryRun, acceptChange }))
  }
}
