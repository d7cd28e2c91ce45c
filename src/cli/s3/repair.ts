// `borgboi s3 repair`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { OffsiteCommand, VAULT_EXITS } from '../vault-options.ts'

export class S3RepairCommand extends OffsiteCommand {
  static override paths = [['s3', 'repair']]
  static override usage = usage({
    category: 'Off-site',
    description: 'upload again what is damaged in a vault, where this machine still has it',
    details: 'Verifies first. Only a file whose content is exactly the right one is uploaded.',
    examples: [
      ['See what is damaged', '$0 s3 repair --name docs --dry-run'],
      ['Look at the bytes of everything', '$0 s3 repair --name docs --level 3'],
    ],
    exits: [EXIT.warnings, EXIT.repositoryMissing, ...VAULT_EXITS],
  })

  level = Option.String('--level', '1', { description: 'verify this deep: 1, 2 or 3 (default 1)' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what is damaged' })

  async run(app: App, output: Output) {
    const input = { ...this.offsite(), level: toLevel(this.level), dryRun: this.dryRun }
    return output.runs([await app.orchestrator.s3.repair(input)])
  }
}

function toLevel(level: string): 1 | 2 | 3 {
  const found = ([1, 2, 3] as const).find((known) => String(known) === level)
  if (found !== undefined) return found
  throw new AppError('usage-invalid', `--level ${level} is not usable`, {
    reason: 'damage is looked for by level 1, 2 or 3',
    hint: 'use --level 1, 2 or 3',
  })
}
