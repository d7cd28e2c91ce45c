// `borgboi s3 sync`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { acceptChangeOption } from '../accept-change.ts'
import { usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { TargetCommand } from '../target-command.ts'
import { VAULT_EXITS } from '../vault-options.ts'

export class S3SyncCommand extends TargetCommand {
  static override paths = [['s3', 'sync']]
  static override usage = usage({
    category: 'Off-site',
    description: 'copy a repository to its vault as a new generation',
    details:
      'Needs no passphrase. Only what is new is uploaded; until all of it is there nothing changes in the vault, and cut ' +
      'off, the next one goes on. backup daily does it as its last step.',
    examples: [
      ['See what would be uploaded', '$0 s3 sync --name docs --dry-run'],
      ['Every repo that has a vault, two at once', '$0 s3 sync --all --jobs 2'],
      ['The first time, from the mirror of BorgBoi 1.x', '$0 s3 sync --name docs --mirror s3://acme-borgboi/docs'],
      ['To a disk, this time only', '$0 s3 sync --name docs --vault file:///media/usb/borg'],
    ],
    exits: [EXIT.warnings, EXIT.skipped, EXIT.repositoryMissing, ...VAULT_EXITS],
  })

  all = Option.Boolean('--all', false, { description: 'every repo that has a vault' })
  jobs = Option.String('--jobs,-j', { description: 'with --all: this many repos at once (default 1)' })
  vault = Option.String('--vault', { description: 'copy to this one instead, by name or address' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be uploaded' })
  acceptLoss = Option.Boolean('--accept-loss', false, {
    description: 'say that it is meant that the repository lost most of what it had',
  })
  acceptChange = acceptChangeOption()
  mirror = Option.String('--mirror', {
    description: 'for the first generation: copy within S3 what this plain mirror of BorgBoi 1.x has',
  })
  lockWait = Option.String('--lock-wait', { description: 'wait this long for another process, such as 10min' })

  async run(app: App, output: Output) {
    const { all, vault, dryRun, acceptLoss, acceptChange, mirror } = this
    const jobs = toNumber('--jobs', this.jobs, 1)
    const input = { ...this.target(), all, jobs, vault, dryRun, acceptLoss, acceptChange, mirror }
    return output.runs(await app.orchestrator.s3.sync(input))
  }

  protected override flags(): Readonly<Record<string, readonly [string, string]>> {
    return this.lockWait === undefined ? {} : { 'borg.lock_wait': ['--lock-wait', this.lockWait] }
  }
}
