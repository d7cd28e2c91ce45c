// `borgboi doctor`

import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { usage } from './base-command.ts'
import type { Output } from './output/output.ts'
import { renderDiagnosis } from './output/render-diagnosis.ts'
import { TargetCommand } from './target-command.ts'

const EXITS = { ok: EXIT.ok, warning: EXIT.warnings, error: EXIT.failure } as const

export class DoctorCommand extends TargetCommand {
  static override paths = [['doctor']]
  static override usage = usage({
    category: 'Information',
    description: 'look at everything that backups rely on, and say what to do next',
    details:
      'Looks at Borg, the configuration, the records, the clock, the schedules and, for every repo or the one that is ' +
      'named, at the repository, its sources, passphrase, recovery kit, lock, disk and vault. Changes nothing, and asks no vault on the network where ' +
      'the configuration says offline. What is well in a repo is in one line; --verbose shows each check.',
    examples: [
      ['Is all well?', '$0 doctor'],
      ['One repo, for a program', '$0 doctor --name docs --json'],
    ],
    exits: [EXIT.warnings],
  })

  async run(app: App, output: Output) {
    const diagnosis = await app.orchestrator.doctor(this.target())
    output.report(diagnosis, () => renderDiagnosis(diagnosis, this.verbose))
    return EXITS[diagnosis.level]
  }
}
