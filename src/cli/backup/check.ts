// `borgboi backup check`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { parseWait } from '../../model/quantities.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupCheckCommand extends RunCommand {
  static override paths = [['backup', 'check']]
  static override usage = usage({
    category: 'Backups',
    description: 'let Borg check the repository and its archives for damage',
    details:
      'With --repair, asks first: what cannot be mended is removed. Copy the repository before. With --max-duration ' +
      'each check goes on where the one before stopped.',
    examples: [
      ['Structure of repository and archives', '$0 backup check --name docs'],
      ['The repository, half an hour a night', '$0 backup check --name docs --only repository --max-duration 30min'],
      ['Read and verify all data too (slow)', '$0 backup check --name docs --verify-data'],
    ],
    exits: [EXIT.warnings, EXIT.damage, ...REPOSITORY_EXITS],
  })

  verifyData = Option.Boolean('--verify-data', false, { description: 'also read and verify every chunk of data' })
  only = Option.String('--only', { description: 'repository or archives' })
  maxDuration = Option.String('--max-duration', { description: 'with --only repository: stop after this long (30min)' })
  repair = Option.Boolean('--repair', false, { description: 'put right what is damaged, at the risk of losing more' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'with --repair: only check' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { verifyData, repair, dryRun } = this
    const maxDuration = this.maxDuration === undefined ? undefined : parseWait(this.maxDuration)
    return output.runs(
      await app.orchestrator.backup.check({
        ...this.selection(),
        ...{ verifyData, repair, dryRun, maxDuration },
        scope: toScope(this.only),
        confirm: output.confirm(this.yes),
      }),
    )
  }
}

function toScope(only: string | undefined): 'all' | 'repository' | 'archives' {
  if (only === undefined) return 'all'
  if (only === 'repository' || only === 'archives') return only
  throw new AppError('usage-invalid', `--only ${only} is not usable`, {
    reason: 'there is no such part to check',
    hint: 'use --only repository or --only archives',
  })
}
