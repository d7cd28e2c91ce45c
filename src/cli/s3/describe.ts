// `borgboi s3 describe`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { renderGeneration } from '../output/render-offsite.ts'
import { instantIfAny, OffsiteCommand, VAULT_EXITS, vaultAsOfOption } from '../vault-options.ts'

export class S3DescribeCommand extends OffsiteCommand {
  static override paths = [['s3', 'describe']]
  static override usage = usage({
    category: 'Off-site',
    description: 'show a generation: who wrote it, when, and what changed',
    examples: [
      ['The newest', '$0 s3 describe --name docs'],
      ['One by its number, with every file', '$0 s3 describe 42 --name docs --json'],
    ],
    exits: VAULT_EXITS,
  })

  generation = Option.String({ name: 'generation', required: false })
  vaultAsOf = vaultAsOfOption()

  async run(app: App, output: Output) {
    const generation = toNumber('the generation', this.generation, 1)
    const vaultAsOf = instantIfAny(this.vaultAsOf)
    const details = await app.orchestrator.s3.describe({ ...this.offsite(), generation, vaultAsOf })
    output.document(details, () => renderGeneration(details, this.context.clock.now()))
  }
}
