// `borgboi backup contents`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderEntry } from '../output/render-archives.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupContentsCommand extends RepoCommand {
  static override paths = [['backup', 'contents']]
  static override usage = usage({
    category: 'Backups',
    description: 'list what an archive holds',
    details: 'With --json one object a line. Bytes of a name that are not UTF-8 are shown as question marks.',
    examples: [
      ['What the newest archive has', '$0 backup contents --name docs'],
      ['One folder of a certain one', '$0 backup contents --archive docs-2026-11-20T02:30:04 home/me/Documents'],
    ],
    exits: REPOSITORY_EXITS,
  })

  archive = Option.String('--archive,-a', 'latest', { description: 'an archive by name (default latest)' })
  inArchive = Option.Rest({ name: 'path' })

  async run(app: App, output: Output) {
    const { archive, inArchive: paths } = this
    const entries = app.orchestrator.backup.contents({
      ...this.target(),
      passphrase: this.passphrase(),
      archive,
      paths,
    })
    await output.lines(entries, (entry) => entry, renderEntry)
  }
}
