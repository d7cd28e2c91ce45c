// `borgboi notify test`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderTested } from '../output/render-notify.ts'

export class NotifyTestCommand extends BaseCommand {
  static override paths = [['notify', 'test']]
  static override usage = usage({
    category: 'Notifications',
    description: 'send a test message by every notifier, or by one',
    details: 'Exit status 1 when one of them did not take it.',
    examples: [
      ['Every notifier', '$0 notify test'],
      ['Only one', '$0 notify test phone'],
    ],
  })

  notifier = Option.String({ name: 'notifier', required: false })

  async run(app: App, output: Output) {
    const notifiers = await app.orchestrator.notify.test({ name: this.notifier })
    output.report({ notifiers }, () => renderTested(notifiers))
    return notifiers.some(({ problem }) => problem !== undefined) ? EXIT.failure : EXIT.ok
  }
}
