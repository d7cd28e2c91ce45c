// `borgboi repo delete`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderDeleted } from '../output/render-repo.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoDeleteCommand extends RepoCommand {
  static override paths = [['repo', 'delete']]
  static override usage = usage({
    category: 'Repos',
    description: 'delete a repository with all its archives, or only the record of it',
    details: 'Asks first. The passphrase file stays: it may open a copy that is somewhere else.',
    examples: [
      ['See what would be lost', '$0 repo delete --name docs --dry-run'],
      ['Forget the record, keep the repository', '$0 repo delete --name docs --keep-repository'],
    ],
    exits: REPOSITORY_EXITS,
  })

  keepRepository = Option.Boolean('--keep-repository', false, { description: "delete only borgboi's record" })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be deleted' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { keepRepository, dryRun } = this
    const confirm = output.confirm(this.yes)
    const passphrase = this.passphrase()
    const deleted = await app.orchestrator.repo.delete({
      ...this.target(),
      keepRepository,
      dryRun,
      passphrase,
      confirm,
    })
    output.report(deleted, () => renderDeleted(deleted))
  }
}
