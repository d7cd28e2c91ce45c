// `borgboi repo break-lock`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderBrokenLock } from '../output/render-lock.ts'
import { TargetCommand } from '../target-command.ts'

export class RepoBreakLockCommand extends TargetCommand {
  static override paths = [['repo', 'break-lock']]
  static override usage = usage({
    category: 'Repos',
    description: 'say who holds the lock of a repository, and break it',
    details:
      'Locks of processes of this machine that are gone are broken by Borg itself, sooner or later. The lock of one that ' +
      'runs here, or is of another machine, is broken only with --force; a borgboi that works on the repo is never disturbed.',
    examples: [
      ['See who holds it', '$0 repo break-lock --name docs --dry-run --force'],
      ['After the machine that held it is gone for good', '$0 repo break-lock --name docs --force'],
    ],
    exits: [EXIT.repositoryMissing, EXIT.locked, EXIT.prerequisite, EXIT.interrupted],
  })

  force = Option.Boolean('--force', false, { description: 'also that of a running process, or of another machine' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say who holds it' })
  yes = Option.Boolean('--yes,-y', false, { description: 'do not ask' })

  async run(app: App, output: Output) {
    const { force, dryRun } = this
    const confirm = output.confirm(this.yes)
    const broken = await app.orchestrator.repo.breakLock({ ...this.target(), force, dryRun, confirm })
    output.report(broken, () => renderBrokenLock(broken))
  }
}
