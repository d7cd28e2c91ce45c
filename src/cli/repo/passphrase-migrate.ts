// `borgboi repo passphrase migrate`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class RepoPassphraseMigrateCommand extends RunCommand {
  static override paths = [['repo', 'passphrase', 'migrate']]
  static override usage = usage({
    category: 'Repos',
    description: "move passphrases kept elsewhere into each repo's own file",
    details:
      'Each passphrase is tried on its repository before its file is written. Where it was stays as it is: when all are ' +
      'moved, remove borg.borg_passphrase from the configuration.',
    examples: [
      ['See what would be moved', '$0 repo passphrase migrate --all --dry-run'],
      ['From a file into the home', '$0 repo passphrase migrate --name docs --passphrase-file ~/old.key'],
    ],
    exits: REPOSITORY_EXITS,
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be moved' })

  async run(app: App, output: Output) {
    return output.runs(await app.orchestrator.repo.migratePassphrases({ ...this.selection(), dryRun: this.dryRun }))
  }
}
