// `borgboi backup drill`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import { DRILL_OPTIONS, toSampleSize } from '../drill-options.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupDrillCommand extends RunCommand {
  static override paths = [['backup', 'drill']]
  static override usage = usage({
    category: 'Backups',
    description: 'try a restore: some files of an archive come back, and are compared',
    details:
      'Files chosen at random, and one that comes back every time, are restored into a scratch directory, compared with ' +
      'the source where that has not changed and with what an earlier drill found, and removed. Borg compares every byte ' +
      'with what it recorded. When it was, and what it proved, shows in borgboi status.',
    examples: [
      ['Twenty files of the newest archive', '$0 backup drill --name docs'],
      ['Of every repo, a hundred each', '$0 backup drill --all --sample 100'],
      ['The same files again', '$0 backup drill --name docs --archive docs-2026-11-20T02:30:04 --seed 4Z2K8Q'],
    ],
    exits: [EXIT.warnings, EXIT.damage, ...REPOSITORY_EXITS],
  })

  archive = DRILL_OPTIONS.archive()
  sample = DRILL_OPTIONS.sample()
  seed = DRILL_OPTIONS.seed()
  scratch = Option.String('--scratch', { description: 'where there is room for the files (default: here)' })

  async run(app: App, output: Output) {
    const { archive, seed } = this
    const [sample, scratch] = [toSampleSize(this.sample), this.absolute(this.scratch ?? '.')]
    return output.runs(await app.orchestrator.backup.drill({ ...this.selection(), archive, seed, sample, scratch }))
  }
}
