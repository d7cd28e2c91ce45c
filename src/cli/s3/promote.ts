// `borgboi s3 promote`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { OffsiteCommand, VAULT_EXITS } from '../vault-options.ts'

export class S3PromoteCommand extends OffsiteCommand {
  static override paths = [['s3', 'promote']]
  static override usage = usage({
    category: 'Off-site',
    description: 'make this copy of a repository the one that is backed up into',
    details:
      'Asks first. The machine that wrote before can no longer copy to the vault; nothing of it is touched. The copy has to ' +
      'be at the newest generation: pull or restore it first.',
    examples: [
      ['A replica, or a copy that was restored', '$0 s3 promote --name docs'],
      ['Without asking; the copy was restored by address', '$0 s3 promote --name docs --from s3main --yes'],
    ],
    exits: VAULT_EXITS,
  })

  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const confirm = output.confirm(this.yes)
    return output.runs([await app.orchestrator.s3.promote({ ...this.offsite(), confirm })])
  }
}
