// `borgboi repo import`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderImported } from '../output/render-repo.ts'
import { RepoSettingsCommand } from './settings-command.ts'

export class RepoImportCommand extends RepoSettingsCommand {
  static override paths = [['repo', 'import']]
  static override usage = usage({
    category: 'Repos',
    description: 'record a Borg repository that exists already',
    details: 'Nothing in the repository changes. The passphrase is tried on it before anything is recorded.',
    examples: [
      [
        'Take over a repository',
        '$0 repo import --name nas --path /mnt/nas/borg --source /srv --passphrase-file ~/nas.key',
      ],
      [
        'Let prune see archives of another naming',
        "$0 repo import -n nas -p /mnt/nas/borg --source /srv --archive-glob 'myhost-*'",
      ],
    ],
    exits: REPOSITORY_EXITS,
  })

  archiveGlob = Option.String('--archive-glob', {
    description: 'the archives prune may remove; new ones are named like it (default: as borgboi names them)',
  })

  acceptOlder = Option.Boolean('--accept-older', false, {
    description: 'say that this state is meant, though Borg here has seen a newer one',
  })

  allowEnv = Option.Boolean('--allow-env-passphrase', false, { description: 'also look at BORG_PASSPHRASE' })

  protected override passphrase() {
    return { ...super.passphrase(), allowEnv: this.allowEnv }
  }

  async run(app: App, output: Output) {
    const { archiveGlob, acceptOlder } = this
    const imported = await app.orchestrator.repo.import({ ...this.settings(), archiveGlob, acceptOlder })
    output.report(imported, () => renderImported(imported))
  }
}
