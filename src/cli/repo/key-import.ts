// `borgboi repo key import`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderImportedKey } from '../output/render-key.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoKeyImportCommand extends RepoCommand {
  static override paths = [['repo', 'key', 'import']]
  static override usage = usage({
    category: 'Repos',
    description: 'put an exported key back',
    details:
      'A key that is there is kept beside the imported one before it is replaced, and is put back where the passphrase ' +
      'does not open the repository with the imported one.',
    examples: [
      ['After the key was lost', '$0 repo key import --name docs --from docs.borgkey'],
      [
        'A key from before the passphrase was changed',
        '$0 repo key import -n docs --from docs.borgkey --passphrase-file old.key',
      ],
    ],
    exits: REPOSITORY_EXITS,
  })

  from = Option.String('--from', { required: true, description: 'what borgboi repo key export wrote' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be replaced' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const imported = await app.orchestrator.repo.importKey({
      ...this.target(),
      from: this.absolute(this.from),
      dryRun: this.dryRun,
      passphrase: this.passphrase(),
      confirm: output.confirm(this.yes),
    })
    output.report(imported, () => renderImportedKey(imported))
  }
}
