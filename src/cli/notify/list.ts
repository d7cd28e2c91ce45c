// `borgboi notify list`

import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderNotifiers } from '../output/render-notify.ts'

export class NotifyListCommand extends BaseCommand {
  static override paths = [['notify', 'list']]
  static override usage = usage({
    category: 'Notifications',
    description: 'list who is told how runs ended, and of what',
    details: 'Reaches none of them: notify test does.',
    examples: [
      ['All notifiers', '$0 notify list'],
      ['For a program', '$0 notify list --json'],
    ],
  })

  async run(app: App, output: Output) {
    const notifiers = await app.orchestrator.notify.list()
    output.document({ notifiers }, () => renderNotifiers(notifiers))
  }
}
