// `borgboi vault remove`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRemovedVault } from '../output/render-vault.ts'

export class VaultRemoveCommand extends BaseCommand {
  static override paths = [['vault', 'remove']]
  static override usage = usage({
    category: 'Vaults',
    description: 'forget a vault; everything in it stays',
    details: 'Asks first, naming the repos that are then no longer copied off-site.',
    examples: [
      ['See what would change', '$0 vault remove nas --dry-run'],
      ['Without asking', '$0 vault remove nas --yes'],
    ],
  })

  vaultName = Option.String({ name: 'name' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would change' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { vaultName: name, dryRun } = this
    const removed = await app.orchestrator.vault.remove({ name, dryRun, confirm: output.confirm(this.yes) })
    output.report(removed, () => renderRemovedVault(removed))
  }
}
