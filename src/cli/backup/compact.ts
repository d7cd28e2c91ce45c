// `borgboi backup compact`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { acceptChangeOption } from '../accept-change.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupCompactCommand extends RunCommand {
  static override paths = [['backup', 'compact']]
  static override usage = usage({
    category: 'Backups',
    description: 'free the space of removed archives now',
    details: 'What was removed cannot be brought back any more then (backup undo).',
    examples: [
      ['The only repo, or one by name', '$0 backup compact --name docs'],
      ['Every repo, two at once', '$0 backup compact --all --jobs 2'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  acceptChange = acceptChangeOption()

  async run(app: App, output: Output) {
    const { acceptChange } = this
    return output.runs(await app.orchestrator.backup.compact({ ...this.selection(), acceptChange }))
  }
}
