// `borgboi repo list`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRepos, renderSharedRepos, repoJson, sharedRepoJson } from '../output/render-repo.ts'

export class RepoListCommand extends BaseCommand {
  static override paths = [['repo', 'list']]
  static override usage = usage({
    category: 'Repos',
    description: 'list the recorded repos with their last backup',
    examples: [
      ['All repos', '$0 repo list'],
      ['For a program', '$0 repo list --json'],
      ['Of all hosts that share a DynamoDB table', '$0 repo list --all-hosts'],
    ],
    exits: [EXIT.prerequisite],
  })

  allHosts = Option.Boolean('--all-hosts', false, {
    description: 'also those of other hosts, from the table in aws.dynamodb_repos_table',
  })

  async run(app: App, output: Output) {
    if (this.allHosts) {
      const repos = await app.orchestrator.repo.listAllHosts()
      output.document({ repos: repos.map(sharedRepoJson) }, () => renderSharedRepos(repos, this.context.clock.now()))
      return
    }
    const repos = await app.orchestrator.repo.list()
    output.document(
      () => ({ repos: repos.map(repoJson) }),
      () => renderRepos(repos, this.context.clock.now()),
    )
  }
}
