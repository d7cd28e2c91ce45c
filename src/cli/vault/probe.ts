// `borgboi vault probe`, `borgboi s3 probe`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderProbe } from '../output/render-vault.ts'
import { VAULT_EXITS, VaultSettingsCommand } from '../vault-options.ts'

export class VaultProbeCommand extends VaultSettingsCommand {
  static override paths = [
    ['vault', 'probe'],
    ['s3', 'probe'],
  ]
  static override usage = usage({
    category: 'Vaults',
    description: 'try everything borgboi relies on in a vault',
    details: 'With objects of its own, which it removes again. Also called s3 probe.',
    examples: [
      ['The only vault, or one by name', '$0 vault probe nas'],
      ['An address that is not in the configuration', '$0 vault probe s3://backups --endpoint https://nas:9000'],
    ],
    exits: VAULT_EXITS,
  })

  vault = Option.String({ name: 'vault', required: false })

  async run(app: App, output: Output) {
    const probed = await app.orchestrator.vault.probe({ ...this.vaultSettings(), vault: this.vault })
    output.report(probed, () => renderProbe(probed))
  }
}
