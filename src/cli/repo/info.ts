// `borgboi repo info`

import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderDetails } from '../output/render-repo.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoInfoCommand extends RepoCommand {
  static override paths = [['repo', 'info']]
  static override usage = usage({
    category: 'Repos',
    description: 'show a repo: its settings, its sizes, its newest archive',
    examples: [
      ['The only repo', '$0 repo info'],
      ['For a program', '$0 repo info --name docs --json'],
    ],
    exits: REPOSITORY_EXITS,
  })

  async run(app: App, output: Output) {
    const details = await app.orchestrator.repo.info({ ...this.target(), passphrase: this.passphrase() })
    output.document(details, () => renderDetails(details, this.context.clock.now()))
  }
}
