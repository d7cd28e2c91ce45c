// `borgboi schedule run`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError, EXIT } from '../../errors.ts'
import { parseWait } from '../../model/quantities.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import { toNumber } from '../numbers.ts'
import type { Output } from '../output/output.ts'
import { ConditionsCommand } from './conditions-command.ts'

/** Longer than a person would wait: nobody is there to try again. */
const LOCK_WAIT = '30min'

export class ScheduleRunCommand extends ConditionsCommand {
  static override paths = [['schedule', 'run']]
  static override usage = usage({
    category: 'By itself',
    description: 'the daily backup as a scheduler starts it',
    details:
      'What borgboi schedule install puts into timers, jobs and crontabs; it can be given to any other scheduler. Two of ' +
      'them never run at once: the second one is skipped. Behind the backups come the drills and verifications that are ' +
      'promised (drill_every, verify_within) and due; then it is looked at whether every repo is as promised.',
    examples: [
      ['Every repo, now', '$0 schedule run --all'],
      ['From a scheduler of your own', '$0 schedule run --name docs --wait-network --skip-on-battery'],
    ],
    exits: [EXIT.warnings, EXIT.damage, EXIT.offsite, EXIT.skipped, ...REPOSITORY_EXITS],
  })

  jobs = Option.String('--jobs,-j', { description: 'with --all: this many repos at once (default 1)' })
  jitter = Option.String('--jitter', '0', { description: 'begin later by up to this, at random' })
  ifMissed = Option.String('--if-missed', {
    description: 'only repos that have missed this TIME; together with --since',
  })
  since = Option.String('--since', { description: 'what was due before this moment does not count as missed' })
  lockWait = Option.String('--lock-wait', LOCK_WAIT, {
    description: `wait this long for another process (default ${LOCK_WAIT})`,
  })

  async run(app: App, output: Output) {
    const { idle, reports } = await app.orchestrator.schedule.run({
      ...this.selection(),
      jobs: toNumber('--jobs', this.jobs, 1),
      conditions: this.conditions(),
      jitterMs: parseWait(this.jitter),
      missed: this.#missed(),
    })
    if (idle === undefined) return output.runs(reports)
    output.report({ idle, reports }, () => `· ${idle}`)
    return idle === 'nothing was missed' ? EXIT.ok : EXIT.skipped
  }

  protected override flags(): Readonly<Record<string, readonly [string, string]>> {
    return { 'borg.lock_wait': ['--lock-wait', this.lockWait] }
  }

  #missed() {
    const { ifMissed: at, since } = this
    if (at !== undefined && since !== undefined) return { at, since }
    if (at === since) return undefined
    throw new AppError('usage-invalid', 'cannot tell what was missed', {
      reason: `${at === undefined ? '--since' : '--if-missed'} was given alone`,
      hint: 'give both, or none',
    })
  }
}
