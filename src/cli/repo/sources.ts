// `borgboi repo sources list`, `add` and `remove`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderChangedSources, renderSources } from '../output/render-sources.ts'
import { TargetCommand } from '../target-command.ts'

export class RepoSourcesListCommand extends TargetCommand {
  static override paths = [['repo', 'sources', 'list']]
  static override usage = usage({
    category: 'Repos',
    description: 'show which directories are backed up into a repo',
    details: 'Whether each of them is there and can be read: borgboi doctor.',
    examples: [
      ['The only repo', '$0 repo sources list'],
      ['For a program', '$0 repo sources list --name docs --json'],
    ],
  })

  async run(app: App, output: Output) {
    const listed = await app.orchestrator.repo.listSources(this.target())
    output.document(listed, () => renderSources(listed))
  }
}

export class RepoSourcesAddCommand extends TargetCommand {
  static override paths = [['repo', 'sources', 'add']]
  static override usage = usage({
    category: 'Repos',
    description: 'back up more directories into a repo',
    details: 'From the next backup on. Archives there are stay as they are.',
    examples: [
      ['One more', '$0 repo sources add ~/Pictures --name docs'],
      ['Two at once, of the only repo', '$0 repo sources add /srv/www /etc'],
    ],
  })

  sources = Option.Rest({ name: 'directory', required: 1 })

  async run(app: App, output: Output) {
    const { sources, context } = this
    const input = { ...this.target(), sources, workingDirectory: context.cwd }
    const changed = await app.orchestrator.repo.addSources(input)
    output.document(changed, () => renderChangedSources(changed))
  }
}

export class RepoSourcesRemoveCommand extends TargetCommand {
  static override paths = [['repo', 'sources', 'remove']]
  static override usage = usage({
    category: 'Repos',
    description: 'no longer back up directories into a repo',
    details:
      'From the next backup on; nothing in the repository changes. Archives keep what they hold of it until prune removes ' +
      'them: borgboi backup hold keeps one for good. A directory that is gone can be named, too.',
    examples: [
      ['One that moved to another disk', '$0 repo sources remove ~/Videos --name docs'],
      ['One that is gone', '$0 repo sources remove /mnt/old-disk'],
    ],
  })

  sources = Option.Rest({ name: 'directory', required: 1 })

  async run(app: App, output: Output) {
    const { sources, context } = this
    const input = { ...this.target(), sources, workingDirectory: context.cwd }
    const changed = await app.orchestrator.repo.removeSources(input)
    output.document(changed, () => renderChangedSources(changed))
  }
}
