// `borgboi s3 gc`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { acceptChangeOption } from '../accept-change.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { OffsiteCommand, VAULT_EXITS } from '../vault-options.ts'

export class S3GcCommand extends OffsiteCommand {
  static override paths = [['s3', 'gc']]
  static override usage = usage({
    category: 'Off-site',
    description: 'expire generations by the policy of their vault, and delete what nobody needs',
    details:
      'Asks first. What expires can be restored for some days more (grace). Objects go when two collections, a day or more ' +
      'apart, found that no generation needs them. With --extend-lock, what the kept generations need is locked anew for as ' +
      'long as the bucket locks new objects, where less than half of that is left.',
    examples: [
      ['See what would go', '$0 s3 gc --name docs --dry-run'],
      ['In a bucket with an object lock, now and then', '$0 s3 gc --name docs --extend-lock'],
      ['Without asking, for cron', '$0 s3 gc --name docs --yes'],
    ],
    exits: [EXIT.warnings, ...VAULT_EXITS],
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would go' })
  extendLock = Option.Boolean('--extend-lock', false, {
    description: 'also extend the object lock of what the kept generations need',
  })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })
  acceptChange = acceptChangeOption()

  async run(app: App, output: Output) {
    const { dryRun, extendLock, acceptChange } = this
    const input = { ...this.offsite(), dryRun, extendLock, acceptChange, confirm: output.confirm(this.yes) }
    return output.runs([await app.orchestrator.s3.collect(input)])
  }
}
