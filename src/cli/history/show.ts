// `borgboi history show`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRunReport } from '../output/render-history.ts'
import { TargetCommand } from '../target-command.ts'

export class HistoryShowCommand extends TargetCommand {
  static override paths = [['history', 'show']]
  static override usage = usage({
    category: 'Information',
    description: 'show a run: its steps, its warnings, why it failed',
    details: 'RUN is what history shows, the beginning of the whole id, or latest.',
    examples: [
      ['The last run of a repo', '$0 history show latest --name docs'],
      ['Every warning that was kept of a run', '$0 history show 4Z2K8Q --warnings'],
    ],
  })

  override repoName = Option.String('--name,-n', { description: 'with latest: of this repo' })
  id = Option.String({ name: 'run' })
  warnings = Option.Boolean('--warnings', false, { description: 'all warnings, not only the first of each kind' })

  async run(app: App, output: Output) {
    const run = await app.orchestrator.history.show({ ...this.target(), run: this.id })
    const { warnings, verbose } = this
    output.document(run, (style) => renderRunReport(run, style, { warnings, verbose, now: this.context.clock.now() }))
  }
}
