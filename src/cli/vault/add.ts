// `borgboi vault add`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderAddedVault } from '../output/render-vault.ts'
import { VAULT_EXITS, VaultSettingsCommand } from '../vault-options.ts'

export class VaultAddCommand extends VaultSettingsCommand {
  static override paths = [['vault', 'add']]
  static override usage = usage({
    category: 'Vaults',
    description: 'try a place off-site, and add it to the configuration',
    details:
      'An address is s3://bucket/prefix or file:///directory. It is tried with objects of its own, which are removed again. ' +
      'Credentials come from where the AWS tools take them: the environment, profiles, roles.',
    examples: [
      ['A bucket', '$0 vault add s3main s3://acme-backups/borg --region eu-central-1'],
      ['A server of your own', '$0 vault add minio s3://backups --endpoint https://nas:9000'],
      ['A directory on another machine, mounted here', '$0 vault add nas file:///mnt/nas/borg'],
    ],
    exits: VAULT_EXITS,
  })

  vaultName = Option.String({ name: 'name' })
  url = Option.String({ name: 'url' })
  singleWriter = Option.Boolean('--single-writer', false, {
    description: 'say that only this machine writes, where the vault cannot keep two writers apart',
  })

  async run(app: App, output: Output) {
    const { vaultName: name, url, singleWriter } = this
    const added = await app.orchestrator.vault.add({ ...this.vaultSettings(), name, url, singleWriter })
    output.report(added, () => renderAddedVault(added))
  }
}
