// `borgboi status`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { allHostsJson, judgedHosts, renderAllHosts } from '../output/render-all-hosts.ts'
import { judgedRepos, renderStatus, statusJson } from '../output/render-status.ts'
import { renderBrief } from '../output/render-verdicts.ts'
import { TargetCommand } from '../target-command.ts'

export class StatusCommand extends TargetCommand {
  static override paths = [['status']]
  static override usage = usage({
    category: 'Information',
    description: 'show whether every repo is backed up as promised',
    details:
      'What is promised is set by objectives.* in the configuration and by repo objectives set. Asks neither Borg nor the ' +
      'network: it tells what was seen here. With --brief, one line as checks of Nagios print it; the exit status tells ' +
      'the rest. Notifiers are told what broke or is kept again. With --all-hosts, any machine that shares the DynamoDB table names those that have fallen silent.',
    examples: [
      ['Is everything as promised?', '$0 status'],
      ['For a monitor', '$0 status --brief'],
      ['One repo, for a program', '$0 status --name docs --json'],
      ['Which machines have not been heard of?', '$0 status --all-hosts'],
    ],
    exits: [EXIT.objective, EXIT.prerequisite],
  })

  override repoName = Option.String('--name,-n', { description: 'only this repo' })
  brief = Option.Boolean('--brief', false, { description: 'one line' })
  allHosts = Option.Boolean('--all-hosts', false, {
    description: 'the repos of all hosts, from the table in aws.dynamodb_repos_table',
  })

  async run(app: App, output: Output) {
    const now = this.context.clock.now()
    if (this.allHosts) {
      const status = await app.orchestrator.status.allHosts(this.target())
      const [json, brief] = [allHostsJson(status), () => renderBrief(judgedHosts(status))]
      if (this.brief) output.document(json, brief)
      else output.report(json, () => renderAllHosts(status, now))
      return status.exitCode
    }
    const status = await app.orchestrator.status.show(this.target())
    const [json, brief] = [statusJson(status), () => renderBrief(judgedRepos(status))]
    if (this.brief) output.document(json, brief)
    else output.report(json, () => renderStatus(status, now))
    return status.exitCode
  }
}
