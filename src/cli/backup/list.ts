// `borgboi backup list`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { renderArchives } from '../output/render-archives.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupListCommand extends RepoCommand {
  static override paths = [['backup', 'list']]
  static override usage = usage({
    category: 'Backups',
    description: 'list the archives of a repo, oldest first',
    examples: [
      ['All archives of the only repo', '$0 backup list'],
      ['The newest three, for a program', '$0 backup list --name docs --last 3 --json'],
    ],
    exits: REPOSITORY_EXITS,
  })

  comments = Option.Boolean('--comments', false, { description: 'also what was noted with backup comment (slower)' })
  last = Option.String('--last', { description: 'only the newest this many' })

  async run(app: App, output: Output) {
    const last = toNumber('--last', this.last, 1)
    const { comments } = this
    const input = { ...this.target(), passphrase: this.passphrase(), last, comments }
    const list = await app.orchestrator.backup.list(input)
    output.document(list, () => renderArchives(list, this.context.clock.now()))
  }
}
