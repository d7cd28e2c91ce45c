// `borgboi vault use`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderUsedVault } from '../output/render-vault.ts'
import { TargetCommand } from '../target-command.ts'
import { VAULT_EXITS } from '../vault-options.ts'

export class VaultUseCommand extends TargetCommand {
  static override paths = [['vault', 'use']]
  static override usage = usage({
    category: 'Vaults',
    description: 'choose the vault that a repo is copied to, or none',
    details: 'Nothing is copied yet: backup daily does it from now on, and s3 sync at once.',
    examples: [
      ['Copy docs to nas from now on', '$0 vault use nas --name docs'],
      ['No longer copy it; what is there stays', '$0 vault use --none --name docs'],
    ],
    exits: VAULT_EXITS,
  })

  vault = Option.String({ name: 'vault', required: false })
  none = Option.Boolean('--none', false, { description: 'copy it nowhere' })

  async run(app: App, output: Output) {
    const used = await app.orchestrator.vault.use({ ...this.target(), vault: this.#choice() })
    output.report(used, () => renderUsedVault(used))
  }

  #choice(): string | undefined {
    if ((this.vault === undefined) === this.none) return this.vault
    throw new AppError('usage-invalid', 'cannot tell which vault is meant', {
      reason: this.none ? 'a vault was given together with --none' : 'neither a vault nor --none was given',
      hint: 'give one of them: borgboi vault use nas --name docs',
    })
  }
}
