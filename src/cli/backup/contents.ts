// `borgboi backup contents`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import type { ArchiveEntry } from '../../model/archive.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderEntry } from '../output/render-archives.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupContentsCommand extends RepoCommand {
  static override paths = [['backup', 'contents']]
  static override usage = usage({
    category: 'Backups',
    description: 'list what an archive holds',
    details:
      'With --json one object a line. A path may be a pattern of Borg: sh:**/*.pdf, fm:*.pdf, re:. Bytes of a name that are not UTF-8 are shown as question marks.',
    examples: [
      ['What the newest archive has', '$0 backup contents --name docs'],
      ['One folder of a certain one', '$0 backup contents --archive docs-2026-11-20T02:30:04 home/me/Documents'],
      ['Every PDF, for a program', "$0 backup contents --json-lines --type file 'sh:**/*.pdf'"],
    ],
    exits: REPOSITORY_EXITS,
  })

  override json = Option.Boolean('--json,--json-lines', false, { description: 'print one JSON object a line' })
  type = Option.String('--type', { description: 'only entries of this type: file, directory, symlink or other' })
  archive = Option.String('--archive,-a', 'latest', { description: 'an archive by name (default latest)' })
  inArchive = Option.Rest({ name: 'path' })

  async run(app: App, output: Output) {
    const { archive, inArchive: paths } = this
    const entries = app.orchestrator.backup.contents({
      ...this.target(),
      passphrase: this.passphrase(),
      archive,
      paths,
      type: this.type === undefined ? undefined : toType(this.type),
    })
    await output.lines(entries, (entry) => entry, renderEntry)
  }
}

const TYPES: readonly ArchiveEntry['type'][] = ['file', 'directory', 'symlink', 'other']

function toType(typed: string): ArchiveEntry['type'] {
  const type = TYPES.find((known) => known === typed)
  if (type !== undefined) return type
  throw new AppError('usage-invalid', `--type ${typed} is not usable`, {
    reason: 'there is no such type of entry',
    hint: `use one of ${TYPES.join(', ')}`,
  })
}
