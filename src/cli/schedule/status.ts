// `borgboi schedule status`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderSchedules, withWrittenTime } from '../output/render-schedule.ts'

export class ScheduleStatusCommand extends BaseCommand {
  static override paths = [['schedule', 'status']]
  static override usage = usage({
    category: 'By itself',
    description: 'show what is scheduled, when it is due next, and what it did last',
    details:
      'Says what keeps a schedule from working, and what to do about it. The exit status is 3 when a schedule starts nothing, ' +
      'or when a run was due and has not begun.',
    examples: [
      ['Is it running by itself?', '$0 schedule status'],
      ['For a program', '$0 schedule status --json'],
    ],
    exits: [EXIT.warnings],
  })

  async run(app: App, output: Output) {
    const schedules = await app.orchestrator.schedule.show()
    output.report({ schedules: schedules.map(withWrittenTime) }, () =>
      renderSchedules(schedules, this.context.clock.now()),
    )
    const isFine = schedules.every(
      ({ active, repos }) => active && repos.every(({ missedAt }) => missedAt === undefined),
    )
    return isFine ? EXIT.ok : EXIT.warnings
  }
}
