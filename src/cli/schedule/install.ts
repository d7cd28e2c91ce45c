// `borgboi schedule install`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { parseWait } from '../../model/quantities.ts'
import { SCHEDULERS, type SchedulerKind, USUAL_JITTER } from '../../model/schedule.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderFiles, renderInstalledSchedule, withWrittenTime } from '../output/render-schedule.ts'
import { ConditionsCommand } from './conditions-command.ts'

export class ScheduleInstallCommand extends ConditionsCommand {
  static override paths = [['schedule', 'install']]
  static override usage = usage({
    category: 'By itself',
    description: 'back up every day without anybody asking',
    details:
      'Gives the daily backup to what starts programs on this machine: systemd, launchd or cron, the first of them that works ' +
      'here. As root it is for the whole machine, otherwise for this user. What was missed while the machine was off or ' +
      'asleep is done once afterwards. Installed again it replaces what there was. TIME is hourly, daily (02:30), weekly, ' +
      "monthly, or an expression such as 04:30, 'Mon..Fri 18:00', '*-*-1,15 02:30' or '8..18/2:00', in local time.",
    examples: [
      ['Every repo, every day', '$0 schedule install'],
      ['One repo, on workdays at six', "$0 schedule install --name docs --at 'Mon..Fri 18:00'"],
      ['On a laptop with a disk that is not always there', '$0 schedule install --wait-volume --skip-on-battery'],
      ['See what would be written', '$0 schedule install --dry-run'],
    ],
    exits: [EXIT.prerequisite],
  })

  at = Option.String('--at', 'daily', { description: 'TIME: when it is due (default daily)' })
  jitter = Option.String('--jitter', USUAL_JITTER, {
    description: `begin later by up to this, at random, so that many machines do not begin at once (default ${USUAL_JITTER})`,
  })
  scheduler = Option.String('--scheduler', { description: `use this one: ${SCHEDULERS.join(', ')}` })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only print the files that would be written' })

  async run(app: App, output: Output) {
    const { at, jitter, dryRun } = this
    const installed = await app.orchestrator.schedule.install({
      ...this.selection(),
      at,
      jitterMs: parseWait(jitter),
      conditions: this.conditions(),
      scheduler: toScheduler(this.scheduler),
      dryRun,
    })
    const told = withWrittenTime(installed)
    if (dryRun) output.document(told, () => renderFiles(installed))
    else output.report(told, () => renderInstalledSchedule(installed, this.context.clock.now()))
    return installed.active === false ? EXIT.warnings : EXIT.ok
  }
}

function toScheduler(name: string | undefined): SchedulerKind | undefined {
  const found = SCHEDULERS.find((kind) => kind === name)
  if (name === undefined || found !== undefined) return found
  throw new AppError('usage-invalid', `--scheduler ${name} is not usable`, {
    reason: 'it is none of those that are known here',
    hint: `use one of ${SCHEDULERS.join(', ')}, or leave it out`,
  })
}
