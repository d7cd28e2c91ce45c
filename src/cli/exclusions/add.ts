// `borgboi exclusions add`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { ExclusionsCommand } from './target.ts'

export class ExclusionsAddCommand extends ExclusionsCommand {
  static override paths = [['exclusions', 'add']]
  static override usage = usage({
    category: 'Exclusions',
    description: 'leave out what a pattern matches',
    examples: [
      ['In one repo', "$0 exclusions add --name docs 'sh:**/node_modules'"],
      ['In all repos', "$0 exclusions add --shared '*.tmp'"],
    ],
  })

  pattern = Option.String({ required: true, name: 'pattern' })

  async run(app: App, output: Output) {
    const { pattern } = this
    const result = await app.orchestrator.exclusions.add({ target: this.exclusionTarget(), pattern })
    output.report(
      result,
      () => `${result.added ? '✓ added' : '· already there'}   line ${result.line} of ${result.path}`,
    )
  }
}
