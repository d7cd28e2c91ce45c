// `borgboi backup export-tar`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupExportTarCommand extends RepoCommand {
  static override paths = [['backup', 'export-tar']]
  static override usage = usage({
    category: 'Backups',
    description: 'write an archive as a tar file, or into a pipe',
    details:
      'A new file, compressed as its name says (.tar.gz, .tar.zst); a dash stands for stdout. Paths come last. A tar file ' +
      'has no ACLs and no extended attributes: backup restore brings those back.',
    examples: [
      ['The newest archive, compressed', '$0 backup export-tar --name docs latest docs.tar.gz'],
      ['One folder, straight to another machine', '$0 backup export-tar latest - Documents | ssh nas tar x'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  archive = Option.String({ name: 'archive' })
  file = Option.String({ name: 'file' })
  inArchive = Option.Rest({ name: 'path' })

  async run(app: App, output: Output) {
    const { archive, inArchive: paths } = this
    const input = { ...this.target(), passphrase: this.passphrase(), archive, paths }
    if (this.file !== '-') {
      return output.runs([await app.orchestrator.backup.exportTar({ ...input, file: this.absolute(this.file) })])
    }
    if ('isTTY' in this.context.stdout && this.context.stdout.isTTY) {
      throw new AppError('usage-invalid', 'did not write a tar file to the terminal', {
        reason: 'nobody could read it there',
        hint: 'name a file, or send it into a pipe',
      })
    }
    await app.orchestrator.backup.streamTar(input)
    return EXIT.ok
  }
}
