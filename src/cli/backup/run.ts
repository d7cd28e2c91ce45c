// `borgboi backup run`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupRunCommand extends RunCommand {
  static override paths = [['backup', 'run']]
  static override usage = usage({
    category: 'Backups',
    description: "make one archive of a repo's sources",
    details: 'Nothing is removed; the daily job is backup daily.',
    examples: [
      ['The only repo, or one by name', '$0 backup run --name docs'],
      ['Every repo, two at once', '$0 backup run --all --jobs 2'],
    ],
    exits: [EXIT.warnings, EXIT.skipped, ...REPOSITORY_EXITS],
  })

  async run(app: App, output: Output) {
    return output.runs(await app.orchestrator.backup.run(this.selection()))
  }
}
