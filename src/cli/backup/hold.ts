// `borgboi backup hold` and `borgboi backup release`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { archivesOption, someArchives } from '../archive-choice.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupHoldCommand extends RepoCommand {
  static override paths = [['backup', 'hold']]
  static override usage = usage({
    category: 'Backups',
    description: 'keep archives until they are released, whatever retention says',
    details:
      'Named with --archive, or as words. A held archive is called held:NAME from then on, in this repository and in every ' +
      'copy of it. Neither prune nor delete of borgboi touches it; Borg itself does as it is told.',
    examples: [
      ['Before the system is upgraded', '$0 backup hold --name docs --archive latest'],
      ['Two for the tax office', '$0 backup hold docs-2025-12-31T02:30:04 docs-2026-12-31T02:30:02'],
    ],
    exits: REPOSITORY_EXITS,
  })

  named = archivesOption()
  archives = Option.Rest({ name: 'archive' })

  async run(app: App, output: Output) {
    const archives = someArchives([...this.named, ...this.archives])
    const input = { ...this.target(), passphrase: this.passphrase(), archives }
    return output.runs(await app.orchestrator.backup.hold(input))
  }
}

export class BackupReleaseCommand extends RepoCommand {
  static override paths = [['backup', 'release']]
  static override usage = usage({
    category: 'Backups',
    description: 'let retention decide again about archives that were held',
    details:
      'Named with --archive, or as words. It may be the next prune that removes them: borgboi repo retention simulate tells.',
    examples: [
      ['By the name it has while it is held', '$0 backup release --name docs held:docs-2026-11-20T02:30:04'],
      ['By the name it had', '$0 backup release docs-2026-11-20T02:30:04'],
    ],
    exits: REPOSITORY_EXITS,
  })

  named = archivesOption()
  archives = Option.Rest({ name: 'archive' })

  async run(app: App, output: Output) {
    const archives = someArchives([...this.named, ...this.archives])
    const input = { ...this.target(), passphrase: this.passphrase(), archives }
    return output.runs(await app.orchestrator.backup.release(input))
  }
}
