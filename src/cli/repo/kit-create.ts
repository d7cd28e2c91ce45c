// `borgboi repo kit create`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderCreatedKit } from '../output/render-kit.ts'
import { RepoCommand } from '../repo-command.ts'

export class RepoKitCreateCommand extends RepoCommand {
  static override paths = [['repo', 'kit', 'create']]
  static override usage = usage({
    category: 'Repos',
    description: 'write down all that is needed when this machine is gone, on a page to print',
    details:
      'A page and the same as text: where everything is, the key with a code to scan, and what to type on a bare machine, ' +
      'with borgboi and with Borg alone. Files for this user alone, never over others. With the passphrase only when asked.',
    examples: [
      ['Into this directory', '$0 repo kit create --name docs'],
      ['With the passphrase, onto a stick', '$0 repo kit create --name docs --with-passphrase --to /media/stick'],
    ],
    exits: REPOSITORY_EXITS,
  })

  to = Option.String('--to', { description: 'the directory to write it into (default: this one)' })
  withPassphrase = Option.Boolean('--with-passphrase', false, {
    description: 'write the passphrase into it; asks first',
  })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only try the passphrase, and say what would be written' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const kit = await app.orchestrator.repo.createKit({
      ...this.target(),
      directory: this.absolute(this.to ?? '.'),
      withPassphrase: this.withPassphrase,
      dryRun: this.dryRun,
      passphrase: this.passphrase(),
      confirm: output.confirm(this.yes),
    })
    output.report(kit, () => renderCreatedKit(kit))
  }
}
