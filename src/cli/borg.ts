// `borgboi borg`

import { Option } from 'clipanion'
import type { App } from '../app.ts'
import type { ExitCode } from '../errors.ts'
import { REPOSITORY_EXITS, usage } from './base-command.ts'
import { RepoCommand } from './repo-command.ts'

export class BorgCommand extends RepoCommand {
  static override paths = [['borg']]
  static override usage = usage({
    category: 'Information',
    description: 'run Borg itself on a repo, its passphrase at hand',
    details:
      'What stands behind the two dashes goes to Borg as it is. The repository is in BORG_REPO, so that ::ARCHIVE means ' +
      'one of its archives. Ends with the exit code of Borg. Its record does not learn of what Borg changes.',
    examples: [
      ['List as Borg does', '$0 borg --name docs -- list --short'],
      ['Look at one archive', '$0 borg -- info ::docs-2026-11-20T02:30:04'],
    ],
    exits: REPOSITORY_EXITS,
  })

  args = Option.Rest({ name: 'args' })

  async run(app: App) {
    const input = { ...this.target(), passphrase: this.passphrase(), args: this.args }
    // Whatever Borg says it was, not one of ours.
    return (await app.orchestrator.borg.passThrough(input)) as ExitCode
  }
}
