// `borgboi backup check`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { RunCommand } from '../repo-command.ts'

export class BackupCheckCommand extends RunCommand {
  static override paths = [['backup', 'check']]
  static override usage = usage({
    category: 'Backups',
    description: 'let Borg check the repository and its archives for damage',
    examples: [
      ['Structure of repository and archives', '$0 backup check --name docs'],
      ['Read and verify all data too (slow)', '$0 backup check --name docs --verify-data'],
    ],
    exits: [EXIT.damage, ...REPOSITORY_EXITS],
  })

  verifyData = Option.Boolean('--verify-data', false, { description: 'also read and verify every chunk of data' })
  only = Option.String('--only', { description: 'repository or archives' })

  async run(app: App, output: Output) {
    const input = { ...this.selection(), verifyData: this.verifyData, scope: toScope(this.only) }
    return output.runs(await app.orchestrator.backup.check(input))
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
