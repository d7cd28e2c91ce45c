// `borgboi import borgmatic`

import { Option } from 'clipanion'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { BaseCommand, usage } from './base-command.ts'
import type { Output } from './output/output.ts'
import { borgmaticExitCode, renderBorgmatic } from './output/render-borgmatic.ts'

export class ImportBorgmaticCommand extends BaseCommand {
  static override paths = [['import', 'borgmatic']]
  static override usage = usage({
    category: 'Migration',
    description: 'take over what a configuration of borgmatic says',
    details:
      'Reads the flat layout and the one with sections before it. Local repositories are recorded with their sources, ' +
      'exclusions, retention, compression and passphrase; what has no counterpart here is said. Nothing is overwritten, ' +
      'and neither the file nor the repositories are changed. It may be run again at any time.',
    examples: [
      ['See what would be taken over', '$0 import borgmatic /etc/borgmatic/config.yaml --dry-run'],
      ['Do it', '$0 import borgmatic /etc/borgmatic/config.yaml'],
    ],
    exits: [EXIT.warnings, EXIT.prerequisite],
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be done' })
  passphraseFile = Option.String('--passphrase-file', { description: 'read the passphrase from this file' })
  file = Option.String({ required: true, name: 'file' })

  async run(app: App, output: Output) {
    const { dryRun, passphraseFile } = this
    const passphrase = { file: passphraseFile === undefined ? undefined : this.absolute(passphraseFile) }
    const file = this.absolute(this.file)
    const imported = await app.orchestrator.importBorgmatic({ file, dryRun, passphrase })
    output.report(imported, () => renderBorgmatic(imported))
    return borgmaticExitCode(imported)
  }
}
