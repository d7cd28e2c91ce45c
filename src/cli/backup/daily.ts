// `borgboi backup daily`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { acceptChangeOption } from '../accept-change.ts'
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
      'when that fails, the backup is complete all the same. A run that was cut off or failed is gone on with where it ' +
      'stopped: with --resume in any case, without it when it began less than 12 hours ago and nothing in the sources has ' +
      'changed since; otherwise all is done anew. Where more than half of a repo is gone or rewritten at once, the archive is ' +
      'made, and nothing else is done before --accept-change says that it is meant (borgboi help changes).',
    examples: [
      ['The only repo, or one by name', '$0 backup daily --name docs'],
      ['Every repo, two at once', '$0 backup daily --all --jobs 2'],
      ['After a power cut: only what is left to do', '$0 backup daily --all --resume'],
      ['It is meant that so much has changed', '$0 backup daily --name docs --accept-change'],
    ],
    exits: [EXIT.warnings, EXIT.offsite, EXIT.skipped, ...REPOSITORY_EXITS],
  })

  resume = Option.Boolean('--resume', false, { description: 'only go on with the last run, where it was cut off' })
  acceptChange = acceptChangeOption()

  async run(app: App, output: Output) {
    const { resume, acceptChange } = this
    return output.runs(await app.orchestrator.backup.daily({ ...this.selection(), resume, acceptChange }))
  }
}
