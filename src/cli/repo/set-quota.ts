// `borgboi repo set-quota`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderSetQuota } from '../output/render-quota.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoSetQuotaCommand extends RepoCommand {
  static override paths = [['repo', 'set-quota']]
  static override usage = usage({
    category: 'Repos',
    description: 'set the most that a repository may take on its disk',
    details: 'Not less than its archives take already. Only where the repository is on this machine.',
    examples: [
      ['At most 100 GB', '$0 repo set-quota 100G --name docs'],
      ['No quota any more', '$0 repo set-quota 0 --name docs'],
    ],
    exits: REPOSITORY_EXITS,
  })

  size = Option.String({ name: 'size' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only see whether it can be' })

  async run(app: App, output: Output) {
    const set = await app.orchestrator.repo.setQuota({
      ...this.target(),
      quota: this.size,
      dryRun: this.dryRun,
      passphrase: this.passphrase(),
    })
    output.report(set, () => renderSetQuota(set))
  }
}
