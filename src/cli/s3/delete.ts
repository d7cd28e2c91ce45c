// `borgboi s3 delete`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { OffsiteCommand, VAULT_EXITS } from '../vault-options.ts'

export class S3DeleteCommand extends OffsiteCommand {
  static override paths = [['s3', 'delete']]
  static override usage = usage({
    category: 'Off-site',
    description: 'delete everything of a repository from a vault',
    details: 'Asks first, naming what is lost. The repository on this machine is not touched.',
    examples: [
      ['See what would be lost', '$0 s3 delete --name docs --dry-run'],
      ['From another vault than its own, without asking', '$0 s3 delete --name docs --from nas --yes'],
    ],
    exits: VAULT_EXITS,
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be deleted' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const input = { ...this.offsite(), dryRun: this.dryRun, confirm: output.confirm(this.yes) }
    return output.runs([await app.orchestrator.s3.delete(input)])
  }
}
