// `borgboi repo objectives show`, `set` and `clear`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderObjectives } from '../output/render-objectives.ts'
import { TargetCommand } from '../target-command.ts'

export class RepoObjectivesShowCommand extends TargetCommand {
  static override paths = [['repo', 'objectives', 'show']]
  static override usage = usage({
    category: 'Repos',
    description: 'show what is promised of a repo, and where that is set',
    details: 'Whether it is kept: borgboi status.',
    examples: [
      ['The only repo', '$0 repo objectives show'],
      ['For a program', '$0 repo objectives show --name docs --json'],
    ],
  })

  async run(app: App, output: Output) {
    const shown = await app.orchestrator.repo.showObjectives(this.target())
    output.document(shown, () => renderObjectives(shown))
  }
}

export class RepoObjectivesSetCommand extends TargetCommand {
  static override paths = [['repo', 'objectives', 'set']]
  static override usage = usage({
    category: 'Repos',
    description: 'promise something of a repo, above what the configuration promises',
    details:
      'rpo: the newest backup is never older. verify_within: it was verified since. drill_every: a restore was tried. ' +
      'offsite: required or optional. min_free_space: on the disk of the repository. none takes a promise back that the ' +
      'configuration makes; what is not named stays as it is.',
    examples: [
      ['A backup a day, verified each month', '$0 repo objectives set rpo=26h,verify_within=30d --name docs'],
      [
        'Off-site, with a restore tried each quarter',
        '$0 repo objectives set offsite=required,drill_every=90d -n docs',
      ],
      ['No promise how old it may be', '$0 repo objectives set rpo=none --name attic'],
    ],
  })

  objectives = Option.String({ name: 'objectives' })

  async run(app: App, output: Output) {
    const set = await app.orchestrator.repo.setObjectives({ ...this.target(), objectives: this.objectives })
    output.document(set, () => renderObjectives(set))
  }
}

export class RepoObjectivesClearCommand extends TargetCommand {
  static override paths = [['repo', 'objectives', 'clear']]
  static override usage = usage({
    category: 'Repos',
    description: 'promise of a repo what the configuration promises of all',
    examples: [
      ['The only repo', '$0 repo objectives clear'],
      ['One of several', '$0 repo objectives clear --name docs'],
    ],
  })

  async run(app: App, output: Output) {
    const cleared = await app.orchestrator.repo.clearObjectives(this.target())
    output.document(cleared, () => renderObjectives(cleared))
  }
}
