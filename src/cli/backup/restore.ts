// `borgboi backup restore`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { parseOverwritePolicy } from '../../model/overwrite.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupRestoreCommand extends RepoCommand {
  static override paths = [['backup', 'restore']]
  static override usage = usage({
    category: 'Backups',
    description: 'get files back from an archive',
    details:
      'Into a new folder named after the archive, unless --destination or --in-place says otherwise. ' +
      'Files that are there already are only touched as --overwrite says; each is replaced whole or not at all.',
    examples: [
      ['Everything of the newest archive, into a new folder', '$0 backup restore --name docs'],
      ['One folder of it, back to its place', '$0 backup restore --name docs --in-place Documents/taxes'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  archive = Option.String('--archive,-a', 'latest', { description: 'an archive by name (default latest)' })
  destination = Option.String('--destination,--target,-t', { description: 'restore into this directory' })
  inPlace = Option.Boolean('--in-place', false, { description: 'restore to where the files came from; asks first' })
  overwrite = Option.String('--overwrite', { description: 'files that are there: never, if-changed or always' })
  stripComponents = Option.String('--strip-components', { description: 'leave out this many leading folders' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be restored' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })
  inArchive = Option.Rest({ name: 'path' })

  async run(app: App, output: Output) {
    const { archive, inPlace, dryRun, inArchive: paths } = this
    const report = await app.orchestrator.backup.restore({
      ...this.target(),
      passphrase: this.passphrase(),
      archive,
      paths,
      inPlace,
      dryRun,
      destination: this.destination === undefined ? undefined : this.absolute(this.destination),
      workingDirectory: this.context.cwd,
      stripComponents: toNumber('--strip-components', this.stripComponents) ?? 0,
      overwrite: this.overwrite === undefined ? undefined : parseOverwritePolicy(this.overwrite),
      confirm: output.confirm(this.yes),
    })
    return output.runs([report])
  }
}
