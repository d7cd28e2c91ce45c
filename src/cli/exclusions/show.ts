// `borgboi exclusions show`

import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderExclusions } from '../output/render-exclusions.ts'
import { ExclusionsCommand } from './target.ts'

export class ExclusionsShowCommand extends ExclusionsCommand {
  static override paths = [['exclusions', 'show']]
  static override usage = usage({
    category: 'Exclusions',
    description: 'show the patterns with their line numbers',
    examples: [
      ['Of one repo', '$0 exclusions show --name docs'],
      ['Of all repos, for a program', '$0 exclusions show --shared --json'],
    ],
  })

  async run(app: App, output: Output) {
    const shown = await app.orchestrator.exclusions.show(this.exclusionTarget())
    output.document(shown, () => renderExclusions(shown))
  }
}
