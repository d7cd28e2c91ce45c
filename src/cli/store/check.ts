// `borgboi store check`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderHealth } from '../output/render-store.ts'

export class StoreCheckCommand extends BaseCommand {
  static override paths = [['store', 'check']]
  static override usage = usage({
    category: 'Store',
    description: "check the file that holds borgboi's records of repos",
    details: 'Changes nothing. Exit status 1 when something is wrong with it.',
    examples: [
      ['Is it sound?', '$0 store check'],
      ['For a program', '$0 store check --json'],
    ],
  })

  async run(app: App, output: Output) {
    const health = await app.orchestrator.store.check()
    output.report(health, () => renderHealth(health))
    return health.problems.length === 0 ? EXIT.ok : EXIT.failure
  }
}
