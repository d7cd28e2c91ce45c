// `borgboi history`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { renderHistory } from '../output/render-history.ts'
import { TargetCommand } from '../target-command.ts'

const SHOWN = 20

export class HistoryCommand extends TargetCommand {
  static override paths = [['history']]
  static override usage = usage({
    category: 'Information',
    description: 'list what ran and how it ended, the newest first',
    details:
      'Of all repos, or of one. A run that was killed or lost its machine shows as interrupted. How many are kept is set ' +
      'by history.max_runs and history.max_age.',
    examples: [
      ['The last runs of all repos', '$0 history'],
      ['The last hundred of one repo, for a program', '$0 history --name docs --limit 100 --json'],
    ],
  })

  override repoName = Option.String('--name,-n', { description: 'only this repo' })
  limit = Option.String('--limit', { description: `this many at most (default ${SHOWN})` })

  async run(app: App, output: Output) {
    const limit = toNumber('--limit', this.limit, 1) ?? SHOWN
    const runs = await app.orchestrator.history.list({ ...this.target(), limit })
    output.report({ runs }, () => renderHistory(runs, this.context.clock.now()))
  }
}
