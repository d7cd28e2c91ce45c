// `borgboi s3 generations`

import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderGenerations } from '../output/render-offsite.ts'
import { instantIfAny, OffsiteCommand, VAULT_EXITS, vaultAsOfOption } from '../vault-options.ts'

export class S3GenerationsCommand extends OffsiteCommand {
  static override paths = [['s3', 'generations']]
  static override usage = usage({
    category: 'Off-site',
    description: 'list the states of a repository that its vault holds',
    examples: [
      ['Of the only repo', '$0 s3 generations'],
      ['Of what is in a vault, on a bare machine', '$0 s3 generations --from s3://acme-backups/borg'],
      ['Before an attack on the bucket', '$0 s3 generations --from s3main --vault-as-of 2026-11-01T12:00:00Z'],
    ],
    exits: VAULT_EXITS,
  })

  vaultAsOf = vaultAsOfOption()

  async run(app: App, output: Output) {
    const vaultAsOf = instantIfAny(this.vaultAsOf)
    const list = await app.orchestrator.s3.generations({ ...this.offsite(), vaultAsOf })
    output.document(list, () => renderGenerations(list, this.context.clock.now()))
  }
}
