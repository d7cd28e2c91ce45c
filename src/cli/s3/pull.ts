// `borgboi s3 pull`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { parseWait } from '../../model/quantities.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { FetchCommand, VAULT_EXITS } from '../vault-options.ts'

const KEEP = 2
const INTERVAL = '5min'

export class S3PullCommand extends FetchCommand {
  static override paths = [['s3', 'pull']]
  static override usage = usage({
    category: 'Off-site',
    description: 'keep a read-only replica up with a vault',
    details:
      'The repository is DIR/current, which moves from one complete, verified generation to the next. Never write into ' +
      'it: a replica that was changed is refused. s3 promote makes it the one to back up into.',
    examples: [
      ['Once, for example from cron', '$0 s3 pull --from s3main --to /srv/replica/docs'],
      [
        'Again and again, until it is stopped',
        '$0 s3 pull --from s3main --to /srv/replica/docs --watch --interval 1min',
      ],
    ],
    exits: VAULT_EXITS,
  })

  from = Option.String('--from', { required: true, description: 'the vault, by address or name' })
  watch = Option.Boolean('--watch', false, { description: 'go on until it is stopped' })
  interval = Option.String('--interval', { description: `with --watch: look this often (default ${INTERVAL})` })
  keep = Option.String('--keep', { description: `this many generations stay in the replica (default ${KEEP})` })

  async run(app: App, output: Output) {
    const keep = toNumber('--keep', this.keep, 1) ?? KEEP
    const report = await app.orchestrator.s3.pull({
      ...this.fetching(),
      vault: this.from,
      keep,
      everyMs: this.#everyMs(),
    })
    return output.runs([report])
  }

  #everyMs(): number | undefined {
    if (this.watch) return parseWait(this.interval ?? INTERVAL)
    if (this.interval === undefined) return undefined
    throw new AppError('usage-invalid', '--interval is of no use here', {
      reason: 'the vault is looked at once only',
      hint: 'add --watch, or leave --interval out',
    })
  }
}
