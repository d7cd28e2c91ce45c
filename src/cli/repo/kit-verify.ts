// `borgboi repo kit verify`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderVerifiedKit } from '../output/render-kit.ts'
import { pathFrom } from '../target-command.ts'

export class RepoKitVerifyCommand extends BaseCommand {
  static override paths = [['repo', 'kit', 'verify']]
  static override usage = usage({
    category: 'Repos',
    description: 'open a repository with nothing but its recovery kit',
    details:
      'Takes the text of the kit, on any machine. The key in it is used in place of the one that the repository or this ' +
      'machine keeps, and nothing is changed. A kit without the passphrase asks for it. Ends with 3 where it opens, but a ' +
      'new kit is due: the key or passphrase has changed, the repository has moved, or it is copied elsewhere.',
    examples: [
      ['Once a year', '$0 repo kit verify /media/stick/docs-kit-2026-11-20.txt'],
      ['On a repository that was restored', '$0 repo kit verify docs-kit-2026-11-20.txt --path /srv/borg/docs'],
    ],
    exits: [EXIT.warnings, ...REPOSITORY_EXITS],
  })

  file = Option.String({ name: 'file' })
  repoPath = Option.String('--path,-p', { description: 'where the repository is now, if not where the kit says' })
  passphraseFile = Option.String('--passphrase-file', { description: 'read the passphrase from this file' })

  async run(app: App, output: Output) {
    const kit = await app.orchestrator.repo.verifyKit({
      file: this.absolute(this.file),
      path: pathFrom(this.repoPath, this.context.cwd),
      passphrase: { file: this.passphraseFile === undefined ? undefined : this.absolute(this.passphraseFile) },
      ask: (question) => output.askHidden(question),
    })
    output.report(kit, () => renderVerifiedKit(kit, this.context.clock.now()))
    return kit.stale.length > 0 ? EXIT.warnings : EXIT.ok
  }
}
