// `borgboi repo rename`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRenamed } from '../output/render-repo.ts'

export class RepoRenameCommand extends BaseCommand {
  static override paths = [['repo', 'rename']]
  static override usage = usage({
    category: 'Repos',
    description: 'give a repo another name',
    details:
      'Its passphrase, exclusions, history and settings come along; the repository stays where it is. Archives go on being ' +
      'named after the first name, so that retention sees one row of them. Interrupted, run it again.',
    examples: [
      ['Another name', '$0 repo rename docs papers'],
      ['Back again', '$0 repo rename papers docs'],
    ],
    exits: [EXIT.locked],
  })

  former = Option.String({ name: 'name' })
  newName = Option.String({ name: 'new' })

  async run(app: App, output: Output) {
    const renamed = await app.orchestrator.repo.rename({ name: this.former, newName: this.newName })
    output.report(renamed, () => renderRenamed(renamed))
  }
}
