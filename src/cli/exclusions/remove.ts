// `borgboi exclusions remove`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { renderRemoved } from '../output/render-exclusions.ts'
import { ExclusionsCommand } from './target.ts'

export class ExclusionsRemoveCommand extends ExclusionsCommand {
  static override paths = [['exclusions', 'remove']]
  static override usage = usage({
    category: 'Exclusions',
    description: 'back up again what a pattern left out',
    examples: [
      ['By the pattern as it stands there', "$0 exclusions remove --name docs '*.tmp'"],
      ['By its line number', '$0 exclusions remove --name docs --line 3'],
    ],
  })

  line = Option.String('--line', { description: 'what stands in this line, counted from 1' })
  pattern = Option.String({ required: false, name: 'pattern' })

  async run(app: App, output: Output) {
    const { pattern } = this
    const line = toNumber('--line', this.line, 1)
    const result = await app.orchestrator.exclusions.remove({ target: this.exclusionTarget(), pattern, line })
    output.report(result, () => renderRemoved(result))
  }
}
