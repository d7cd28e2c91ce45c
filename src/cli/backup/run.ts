// `borgboi backup run`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { acceptChangeOption } from '../accept-change.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupRunCommand extends RunCommand {
  static override paths = [['backup', 'run']]
  static override usage = usage({
    category: 'Backups',
    description: "make one archive of a repo's sources",
    details:
      'Nothing is removed; the daily job is backup daily. Where more than half of a repo is gone or rewritten at once, the ' +
      'archive is made, and the run is a failure, so that somebody looks (borgboi help changes).',
    examples: [
      ['The only repo, or one by name', '$0 backup run --name docs'],
      ['Every repo, two at once', '$0 backup run --all --jobs 2'],
    ],
    exits: [EXIT.warnings, EXIT.skipped, ...REPOSITORY_EXITS],
  })

  acceptChange = acceptChangeOption()

  async run(app: App, output: Output) {
    const { acceptChange } = this
    return output.runs(await app.orchestrator.backup.run({ ...this.selection(), acceptChange }))
  }
}
