// `borgboi backup comment`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { archiveOption, oneArchive } from '../archive-choice.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupCommentCommand extends RepoCommand {
  static override paths = [['backup', 'comment']]
  static override usage = usage({
    category: 'Backups',
    description: 'note something about an archive, in place of what was noted',
    details: 'backup list --comments shows it. Needs Borg 1.2.6 or newer.',
    examples: [
      ['Say why the newest one matters', '$0 backup comment --name docs --archive latest "before the new disk"'],
      ['Take the note away', '$0 backup comment docs-2026-11-20T02:30:04 ""'],
    ],
    exits: REPOSITORY_EXITS,
  })

  named = archiveOption()
  archive = Option.String({ name: 'archive', required: false })
  text = Option.String({ name: 'text' })

  async run(app: App, output: Output) {
    const { text: comment } = this
    const archive = oneArchive(this.named, this.archive)
    const input = { ...this.target(), passphrase: this.passphrase(), archive, comment }
    return output.runs(await app.orchestrator.backup.comment(input))
  }
}
