// `borgboi backup diff`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderChange } from '../output/render-archives.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupDiffCommand extends RepoCommand {
  static override paths = [['backup', 'diff']]
  static override usage = usage({
    category: 'Backups',
    description: 'show what changed between two archives',
    details:
      'Name two archives, or none for the last two; latest and previous stand for those. Paths come last. ' +
      'Each line begins with + for added, - for removed, ~ for modified content, . for other changes. ' +
      'With --json one object a line.',
    examples: [
      ['What the last backup found new', '$0 backup diff --name docs --content-only'],
      ['One folder, since a certain archive', '$0 backup diff docs-2026-11-01T02:30:04 latest Documents/taxes'],
    ],
    exits: REPOSITORY_EXITS,
  })

  contentOnly = Option.Boolean('--content-only', false, {
    description: 'leave out what differs only in mode, owner or times',
  })
  /** Two archives, then paths. Optional words before a rest would be filled from its end. */
  words = Option.Rest({ name: 'archive-or-path' })

  async run(app: App, output: Output) {
    const [before, after, ...paths] = this.words
    const { contentOnly } = this
    const input = { ...this.target(), passphrase: this.passphrase(), before, after, paths, contentOnly }
    await output.lines(app.orchestrator.backup.diff(input), (change) => change, renderChange)
  }
}
