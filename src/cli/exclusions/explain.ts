// `borgboi exclusions explain`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderExplanations } from '../output/render-exclusions.ts'
import { TargetCommand } from '../target-command.ts'

export class ExclusionsExplainCommand extends TargetCommand {
  static override paths = [['exclusions', 'explain']]
  static override usage = usage({
    category: 'Exclusions',
    description: 'say whether a path is backed up, and what decides it',
    details:
      'Decides as Borg does: a directory that is left out goes with everything in it, and of several rules the first one ' +
      'counts. Also says when a path is in no source. Asks about every repo unless one is named; nothing has to be at ' +
      'the path.',
    examples: [
      ['Is this file in any backup?', '$0 exclusions explain ~/Documents/taxes.pdf'],
      ['Two paths, in one repo, for a program', '$0 exclusions explain --name docs --json ~/src/app ~/.cache'],
    ],
    exits: [EXIT.prerequisite],
  })

  given = Option.Rest({ name: 'path', required: 1 })

  async run(app: App, output: Output) {
    const paths = this.given.map((path) => this.absolute(path))
    const explanations = await app.orchestrator.exclusions.explain({ ...this.target(), paths })
    output.report({ explanations }, () => renderExplanations(explanations))
  }
}
