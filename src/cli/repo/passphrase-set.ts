// `borgboi repo passphrase set`

import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderSetPassphrase } from '../output/render-key.ts'
import { SecretCommand } from '../repo-command.ts'

export class RepoPassphraseSetCommand extends SecretCommand {
  static override paths = [['repo', 'passphrase', 'set']]
  static override usage = usage({
    category: 'Repos',
    description: 'keep the passphrase of a repository that got another one elsewhere',
    details:
      'It is asked for on a terminal, and tried on the repository before it is kept. Nothing in the repository changes; ' +
      'another one that was kept stays beside it. To give the repository another one, use repo passphrase change.',
    examples: [
      ['Type it in', '$0 repo passphrase set --name docs'],
      ['From a file', '$0 repo passphrase set --name docs --passphrase-file ~/docs.key'],
    ],
    exits: REPOSITORY_EXITS,
  })

  async run(app: App, output: Output) {
    const set = await app.orchestrator.repo.setPassphrase({
      ...this.target(),
      passphrase: this.passphrase(),
      ask: (question) => output.askHidden(question),
    })
    output.report(set, () => renderSetPassphrase(set))
  }
}
