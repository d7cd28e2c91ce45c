// `borgboi s3 stats`

import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderStats } from '../output/render-offsite.ts'
import { instantIfAny, OffsiteCommand, VAULT_EXITS, vaultAsOfOption } from '../vault-options.ts'

export class S3StatsCommand extends OffsiteCommand {
  static override paths = [['s3', 'stats']]
  static override usage = usage({
    category: 'Off-site',
    description: 'show what a repository takes in its vault, and how that grows',
    details: 'The cost is an estimate from the bytes alone: vaults.NAME.price_per_gb_month.',
    examples: [
      ['Of the only repo', '$0 s3 stats'],
      ['What it was before an attack on the bucket', '$0 s3 stats --vault-as-of 2026-11-01T12:00:00Z'],
      ['For a program', '$0 s3 stats --name docs --json'],
    ],
    exits: VAULT_EXITS,
  })

  vaultAsOf = vaultAsOfOption()

  async run(app: App, output: Output) {
    const measured = await app.orchestrator.s3.stats({ ...this.offsite(), vaultAsOf: instantIfAny(this.vaultAsOf) })
    output.document(measured, () => renderStats(measured, this.context.clock.now()))
  }
}
