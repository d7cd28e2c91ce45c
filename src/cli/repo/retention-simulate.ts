// `borgboi repo retention simulate`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { renderSimulation } from '../output/render-retention.ts'
import { RepoCommand } from '../repo-command.ts'

const MONTHS_MAX = 36

export class RepoRetentionSimulateCommand extends RepoCommand {
  static override paths = [['repo', 'retention', 'simulate']]
  static override usage = usage({
    category: 'Repos',
    description: 'show which archives would stay over the coming months',
    details:
      "By Borg's own rules, for the archives there are and one more every day; days begin at midnight UTC here. " +
      'Nothing is changed.',
    examples: [
      ['With the policy in force', '$0 repo retention simulate --name docs'],
      ['Before setting another', '$0 repo retention simulate --retention daily=7,monthly=6 --months 24'],
    ],
    exits: REPOSITORY_EXITS,
  })

  retention = Option.String('--retention', { description: 'a policy to try (default: the one in force)' })
  months = Option.String('--months', { description: `how far to look, up to ${MONTHS_MAX} (default 12)` })

  async run(app: App, output: Output) {
    const simulated = await app.orchestrator.repo.simulateRetention({
      ...this.target(),
      policy: this.retention,
      months: monthsFrom(toNumber('--months', this.months, 1) ?? 12),
      passphrase: this.passphrase(),
    })
    output.document(simulated, () => renderSimulation(simulated))
  }
}

function monthsFrom(months: number): number {
  if (months <= MONTHS_MAX) return months
  throw new AppError('usage-invalid', `--months ${months} is not usable`, {
    reason: `nobody can look further than ${MONTHS_MAX} months ahead here`,
    hint: `write it like --months ${MONTHS_MAX}`,
  })
}
