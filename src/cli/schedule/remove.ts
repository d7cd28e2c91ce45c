// `borgboi schedule remove`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderRemovedSchedules, withWrittenTime } from '../output/render-schedule.ts'

export class ScheduleRemoveCommand extends BaseCommand {
  static override paths = [['schedule', 'remove']]
  static override usage = usage({
    category: 'By itself',
    description: 'no longer back up by itself; backups stay where they are',
    details: 'Takes out what borgboi schedule install has put in for this home, and nothing else. Asks first.',
    examples: [
      ['See what would be removed', '$0 schedule remove --dry-run'],
      ['Only the schedule of docs, without asking', '$0 schedule remove --name docs --yes'],
    ],
  })

  repoName = Option.String('--name,-n', { description: 'only the schedule of this repo' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be removed' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { repoName: name, dryRun } = this
    const removed = await app.orchestrator.schedule.remove({ name, dryRun, confirm: output.confirm(this.yes) })
    output.report({ ...removed, schedules: removed.schedules.map(withWrittenTime) }, () =>
      renderRemovedSchedules(removed),
    )
  }
}
