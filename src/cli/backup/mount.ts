// `borgboi backup mount` and `borgboi backup umount`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, REPOSITORY_EXITS, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderMounted, renderUnmounted } from '../output/render-mount.ts'
import { RepoCommand } from '../repo-command.ts'

export class BackupMountCommand extends RepoCommand {
  static override paths = [['backup', 'mount']]
  static override usage = usage({
    category: 'Backups',
    description: 'show archives as directories to look into, until they are unmounted',
    details:
      'Borg stays in the background and holds the lock of the repository: backups wait until backup umount. Needs FUSE, ' +
      'and the library of it that Borg uses (python3-pyfuse3 or python3-llfuse).',
    examples: [
      ['The newest archive', '$0 backup mount --name docs --archive latest ~/look'],
      ['Every archive, a directory each', '$0 backup mount --name docs ~/look'],
    ],
    exits: REPOSITORY_EXITS,
  })

  directory = Option.String({ name: 'directory' })
  archive = Option.String('--archive,-a', { description: 'only this one, by name or latest' })
  foreground = Option.Boolean('--foreground,-f', false, {
    description: 'stay until it is unmounted, or Ctrl-C ends it',
  })

  async run(app: App, output: Output) {
    const mounted = await app.orchestrator.backup.mount({
      ...this.target(),
      passphrase: this.passphrase(),
      archive: this.archive,
      directory: this.absolute(this.directory),
      foreground: this.foreground,
    })
    output.report(mounted, () => renderMounted(mounted, this.foreground))
  }
}

export class BackupUmountCommand extends BaseCommand {
  static override paths = [['backup', 'umount']]
  static override usage = usage({
    category: 'Backups',
    description: 'end what backup mount began; the directory stays',
    examples: [
      ['When all was looked at', '$0 backup umount ~/look'],
      ['For a program', '$0 backup umount ~/look --json'],
    ],
    exits: [EXIT.prerequisite],
  })

  directory = Option.String({ name: 'directory' })

  async run(app: App, output: Output) {
    const unmounted = await app.orchestrator.backup.umount({ directory: this.absolute(this.directory) })
    output.report(unmounted, () => renderUnmounted(unmounted.directory))
  }
}
