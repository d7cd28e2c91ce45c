// `borgboi vault list`

import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderVaults } from '../output/render-vault.ts'

export class VaultListCommand extends BaseCommand {
  static override paths = [['vault', 'list']]
  static override usage = usage({
    category: 'Vaults',
    description: 'list the vaults, what is copied there, and what each can do',
    details: 'Reaches none of them: what each can do is what the last vault probe found.',
    examples: [
      ['All vaults', '$0 vault list'],
      ['For a program', '$0 vault list --json'],
    ],
  })

  async run(app: App, output: Output) {
    const vaults = await app.orchestrator.vault.list()
    output.document({ vaults }, () => renderVaults(vaults, this.context.clock.now()))
  }
}
