// `borgboi repo list`

import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRepos, repoJson } from '../output/render-repo.ts'

export class RepoListCommand extends BaseCommand {
  static override paths = [['repo', 'list']]
  static override usage = usage({
    category: 'Repos',
    description: 'list the recorded repos with their last backup',
    examples: [
      ['All repos', '$0 repo list'],
      ['For a program', '$0 repo list --json'],
    ],
  })

  async run(app: App, output: Output) {
    const repos = await app.orchestrator.repo.list()
    output.document(
      () => ({ repos: repos.map(repoJson) }),
      () => renderRepos(repos, this.context.clock.now()),
    )
  }
}
