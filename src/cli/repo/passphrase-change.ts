// `borgboi repo passphrase change`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderChangedPassphrase } from '../output/render-key.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoPassphraseChangeCommand extends RepoCommand {
  static override paths = [['repo', 'passphrase', 'change']]
  static override usage = usage({
    category: 'Repos',
    description: 'lock the key of a repository with another passphrase',
    details:
      'A strong one is generated unless one is given. The present one is kept beside it: it still opens copies and ' +
      'exported keys from before, also for somebody who has stolen it. Interrupted, run it again.',
    examples: [
      ['A generated one', '$0 repo passphrase change --name docs'],
      ['One of your own', '$0 repo passphrase change --name docs --new-passphrase-file ~/new.key'],
    ],
    exits: REPOSITORY_EXITS,
  })

  newFile = Option.String('--new-passphrase-file', { description: 'read the new passphrase from this file' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only see that the present one opens the repository' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const changed = await app.orchestrator.repo.changePassphrase({
      ...this.target(),
      passphrase: this.passphrase(),
      next: { file: this.newFile === undefined ? undefined : this.absolute(this.newFile) },
      dryRun: this.dryRun,
      confirm: output.confirm(this.yes),
    })
    output.report(changed, () => renderChangedPassphrase(changed))
  }
}
