// `borgboi backup recreate`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupRecreateCommand extends RepoCommand {
  static override paths = [['backup', 'recreate']]
  static override usage = usage({
    category: 'Backups',
    description: 'take files out of archives that are there, or compress them otherwise',
    details:
      'Every archive is looked at first, and what would be lost is named before it asks. Archives that are held stay as they ' +
      'are. With the next compact the space comes back, and what is taken out is gone for good, but from copies off-site; ' +
      'until then backup undo brings it back. Needs Borg 1.2.6 or newer, but for --dry-run.',
    examples: [
      ['See what would go', "$0 backup recreate --name docs --exclude 'sh:**/node_modules' --dry-run"],
      ['What backups leave out now, out of all archives', '$0 backup recreate --name docs --exclusions'],
      ['Compress one better', '$0 backup recreate --archive docs-2026-11-20T02:30:04 --recompress zstd,15'],
    ],
    exits: REPOSITORY_EXITS,
  })

  archives = Option.Array('--archive,-a', [], {
    description: 'only this one, by name or latest; give it again for more (default: all of the repo)',
  })
  exclude = Option.Array('--exclude,-e', [], {
    description: 'take out what this pattern matches; give it again for more',
  })
  exclusions = Option.Boolean('--exclusions', false, { description: 'take out what the exclusions of the repo match' })
  recompress = Option.String('--recompress', { description: 'compress all data like this (zstd,10) where it is not' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be taken out' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { archives, exclude, exclusions: withExclusions, recompress, dryRun } = this
    const choices = { archives, exclude, withExclusions, recompress, dryRun, confirm: output.confirm(this.yes) }
    const input = { ...this.target(), passphrase: this.passphrase(), ...choices }
    return output.runs(await app.orchestrator.backup.recreate(input))
  }
}
