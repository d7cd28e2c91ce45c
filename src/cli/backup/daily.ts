// `borgboi backup daily`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupDailyCommand extends RunCommand {
  static override paths = [['backup', 'daily']]
  static override usage = usage({
    category: 'Backups',
    description: 'back up, prune, compact when it is worth it, and copy off-site',
    details:
      'The job of every day. Steps that have nothing to do start no Borg. A repo that has a vault is copied there last; ' +
      'when that fails, the backup is complete all the same.',
    examples: [
      ['The only repo, or one by name', '$0 backup daily --name docs'],
      ['Every repo, two at once', '$0 backup daily --all --jobs 2'],
    ],
    exits: [EXIT.warnings, EXIT.offsite, ...REPOSITORY_EXITS],
  })

  async run(app: App, output: Output) {
    return output.runs(await app.orchestrator.backup.daily(this.selection()))
  }
}
