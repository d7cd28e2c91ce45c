// What `schedule install` and `schedule run` have in common: which repos, and what a run waits for.

import { Option } from 'clipanion'
import { parseWait } from '../../model/quantities.ts'
import { type RunConditions, USUAL_WAIT } from '../../model/schedule.ts'
import { TargetCommand } from '../target-command.ts'

export abstract class ConditionsCommand extends TargetCommand {
  override repoName = Option.String('--name,-n', { description: 'only this repo' })
  override repoPath = Option.String('--path,-p', { description: "only this repo, by its repository's path" })
  all = Option.Boolean('--all', false, { description: 'every repo, also those that are set up later; the default' })
  waitNetwork = Option.Boolean('--wait-network', false, {
    description: 'wait for the network, where the repository or its vault is behind it',
  })
  waitVolume = Option.Boolean('--wait-volume', false, {
    description: 'wait for the disk of the repository, and skip the run without it',
  })
  wait = Option.String('--wait', USUAL_WAIT, { description: `wait at most this long (default ${USUAL_WAIT})` })
  skipOnBattery = Option.Boolean('--skip-on-battery', false, {
    description: 'skip the run while this machine runs on its battery',
  })

  protected conditions(): RunConditions {
    const { waitNetwork: network, waitVolume: volume, skipOnBattery: mains } = this
    return { network, volume, mains, waitMs: parseWait(this.wait) }
  }

  /** Every repo, unless one is named. */
  protected selection() {
    const target = this.target()
    return { ...target, all: this.all || (target.name === undefined && target.path === undefined) }
  }
}
