// `borgboi s3 promote`

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
      'The machine that wrote before can no longer copy to the vault; nothing of it is touched, and it can take over again ' +
      'the same way. The copy has to be at the newest generation: pull or restore it first.',
    examples: [
      ['A replica, or a copy that was restored', '$0 s3 promote --name docs'],
      ['A copy that was restored by address', '$0 s3 promote --name docs --from s3://acme-backups/borg'],
    ],
    exits: VAULT_EXITS,
  })

  async run(app: App, output: Output) {
    return output.runs([await app.orchestrator.s3.promote(this.offsite())])
  }
}
