// `borgboi repo retention show`, `set` and `clear`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRetention } from '../output/render-retention.ts'
import { TargetCommand } from '../target-command.ts'

export class RepoRetentionShowCommand extends TargetCommand {
  static override paths = [['repo', 'retention', 'show']]
  static override usage = usage({
    category: 'Repos',
    description: 'show which archives prune keeps of a repo, and where that is set',
    examples: [
      ['The only repo', '$0 repo retention show'],
      ['For a program', '$0 repo retention show --name docs --json'],
    ],
  })

  async run(app: App, output: Output) {
    const shown = await app.orchestrator.repo.showRetention(this.target())
    output.document(shown, () => renderRetention(shown))
  }
}

export class RepoRetentionSetCommand extends TargetCommand {
  static override paths = [['repo', 'retention', 'set']]
  static override usage = usage({
    category: 'Repos',
    description: 'give a repo a retention policy of its own',
    details:
      'Nothing is removed before the next prune, which is part of backup daily. See first what would stay: ' +
      'borgboi repo retention simulate --retention POLICY.',
    examples: [
      ['Two weeks of days, a year of months', '$0 repo retention set daily=14,monthly=12 --name docs'],
      ['Everything of the last month, then by week', '$0 repo retention set within=1m,weekly=26 --name docs'],
    ],
  })

  policy = Option.String({ name: 'policy' })

  async run(app: App, output: Output) {
    const set = await app.orchestrator.repo.setRetention({ ...this.target(), policy: this.policy })
    output.document(set, () => renderRetention(set))
  }
}

export class RepoRetentionClearCommand extends TargetCommand {
  static override paths = [['repo', 'retention', 'clear']]
  static override usage = usage({
    category: 'Repos',
    description: "let the configuration's retention policy hold for a repo again",
    details: 'Nothing is removed before the next prune, which is part of backup daily.',
    examples: [
      ['The only repo', '$0 repo retention clear'],
      ['One of several', '$0 repo retention clear --name docs'],
    ],
  })

  async run(app: App, output: Output) {
    const cleared = await app.orchestrator.repo.clearRetention(this.target())
    output.document(cleared, () => renderRetention(cleared))
  }
}
