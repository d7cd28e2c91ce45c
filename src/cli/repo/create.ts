// `borgboi repo create`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderCreated } from '../output/render-repo.ts'
import { RepoSettingsCommand } from './settings-command.ts'

export class RepoCreateCommand extends RepoSettingsCommand {
  static override paths = [['repo', 'create']]
  static override usage = usage({
    category: 'Repos',
    description: 'make a new encrypted Borg repository and record what goes into it',
    details: `A strong passphrase is generated and kept in the home unless one is given. It is never printed.`,
    examples: [
      ['Back up documents to another disk', '$0 repo create --name docs --path /mnt/backup/docs --source ~/Documents'],
      [
        'Two directories, a policy of its own',
        '$0 repo create -n pics -p /mnt/b/pics --source ~/Pictures --source ~/Raw --retention daily=14,monthly=12',
      ],
    ],
    exits: [EXIT.passphrase, EXIT.prerequisite, EXIT.interrupted],
  })

  encryption = Option.String('--encryption,-e', { description: "Borg's mode (default repokey-blake2)" })
  quota = Option.String('--quota', { description: 'the most the repository may take, such as 100G' })

  async run(app: App, output: Output) {
    const { encryption, quota } = this
    const created = await app.orchestrator.repo.create({ ...this.settings(), encryption, quota })
    output.report(created, () => renderCreated(created))
  }
}
