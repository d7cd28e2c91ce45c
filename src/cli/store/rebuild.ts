// `borgboi store rebuild`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRebuild } from '../output/render-store.ts'

export class StoreRebuildCommand extends BaseCommand {
  static override paths = [['store', 'rebuild']]
  static override usage = usage({
    category: 'Store',
    description: 'write a sound file of records from everything that can still be read',
    details: 'The file it replaces is kept beside it. Repositories and passphrases are not touched.',
    examples: [
      ['See what would be recovered', '$0 store rebuild --dry-run'],
      ['Do it', '$0 store rebuild'],
    ],
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be recovered' })

  async run(app: App, output: Output) {
    const { dryRun } = this
    const rebuild = await app.orchestrator.store.rebuild({ dryRun })
    output.report(rebuild, () => renderRebuild(rebuild, dryRun))
  }
}
