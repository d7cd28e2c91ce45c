// `borgboi repo copy`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { VAULT_EXITS } from '../vault-options.ts'

export class RepoCopyCommand extends BaseCommand {
  static override paths = [['repo', 'copy']]
  static override usage = usage({
    category: 'Repos',
    description: 'copy a repository to a mounted disk, or to any vault, as it is now',
    details:
      'Needs no passphrase. A directory becomes a vault, which has to be there already: borgboi makes none where a disk is ' +
      'not mounted. Copied there again, only what is new is written, and earlier copies stay. To copy it somewhere every ' +
      'day, use vault add and vault use.',
    examples: [
      ['To a disk', '$0 repo copy docs /media/usb/borg'],
      ['To a bucket', '$0 repo copy docs s3://acme-second/borg'],
    ],
    exits: [EXIT.warnings, EXIT.repositoryMissing, ...VAULT_EXITS],
  })

  repo = Option.String({ name: 'name' })
  to = Option.String({ name: 'to' })

  async run(app: App, output: Output) {
    const isPath = this.to.includes('/') && !this.to.includes('://')
    const to = isPath ? this.absolute(this.to) : this.to
    return output.runs([await app.orchestrator.repo.copy({ name: this.repo, to })])
  }
}
