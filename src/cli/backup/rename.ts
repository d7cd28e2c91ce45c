// `borgboi backup rename`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { archiveOption, oneArchive } from '../archive-choice.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupRenameCommand extends RepoCommand {
  static override paths = [['backup', 'rename']]
  static override usage = usage({
    category: 'Backups',
    description: 'give an archive another name',
    details:
      'With a name unlike those that backups give (docs-2026-11-20T02:30:04), retention no longer removes it, and latest ' +
      'no longer means it. To keep one as it is called: borgboi backup hold.',
    examples: [
      ['Keep one beyond its time', '$0 backup rename --name docs docs-2026-11-20T02:30:04 before-the-move'],
      ['Name the newest one', '$0 backup rename --archive latest after-the-move'],
    ],
    exits: REPOSITORY_EXITS,
  })

  named = archiveOption()
  archive = Option.String({ name: 'archive', required: false })
  newName = Option.String({ name: 'new' })

  async run(app: App, output: Output) {
    const { newName } = this
    const archive = oneArchive(this.named, this.archive)
    const input = { ...this.target(), passphrase: this.passphrase(), archive, newName }
    return output.runs(await app.orchestrator.backup.rename(input))
  }
}
