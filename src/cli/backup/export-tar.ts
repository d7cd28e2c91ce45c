// `borgboi backup export-tar`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { archiveOption } from '../archive-choice.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupExportTarCommand extends RepoCommand {
  static override paths = [['backup', 'export-tar']]
  static override usage = usage({
    category: 'Backups',
    description: 'write an archive as a tar file, or into a pipe',
    details:
      'The words are the archive, unless --archive names it, the file, and paths in the archive. The file is a new one, ' +
      'compressed as its name says (.tar.gz, .tar.zst); a dash stands for stdout. A tar file has no ACLs and no extended ' +
      'attributes: backup restore brings those back.',
    examples: [
      ['The newest archive, compressed', '$0 backup export-tar --name docs --archive latest docs.tar.gz'],
      ['One folder, straight to another machine', '$0 backup export-tar latest - Documents | ssh nas tar x'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  named = archiveOption()
  /** The archive unless it is named, the file, then paths. Optional words before a rest would be filled from its end. */
  words = Option.Rest({ name: 'archive-or-file', required: 1 })

  async run(app: App, output: Output) {
    const [archive = '', file, ...paths] = this.named === undefined ? this.words : [this.named, ...this.words]
    if (file === undefined) throw noFile(archive)
    const input = { ...this.target(), passphrase: this.passphrase(), archive, paths }
    if (file !== '-') {
      return output.runs([await app.orchestrator.backup.exportTar({ ...input, file: this.absolute(file) })])
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

function noFile(archive: string): AppError {
  return new AppError('usage-invalid', `cannot tell where ${archive} is to be written`, {
    reason: 'a file has to be named behind the archive',
    hint: 'for example: borgboi backup export-tar --archive latest docs.tar.gz; a dash stands for stdout',
  })
}
