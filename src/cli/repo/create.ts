// `borgboi repo create`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { optional } from '../../model/repo.ts'
import type { NewRepoSettings } from '../../workflows/repo/settings.ts'
import type { Ask } from '../../workflows/shared/ask.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderCommandLine } from '../output/render-command-line.ts'
import { renderCreated } from '../output/render-repo.ts'
import { withWrittenTime } from '../output/render-schedule.ts'
import { RepoSettingsCommand } from './settings-command.ts'

export class RepoCreateCommand extends RepoSettingsCommand {
  static override paths = [['repo', 'create']]
  static override usage = usage({
    category: 'Repos',
    description: 'make a new encrypted Borg repository and record what goes into it',
    details:
      'On a terminal it asks for what is missing, and prints at the end how to say it without questions. A strong ' +
      'passphrase is generated and kept in the home unless one is given. It is never printed.',
    examples: [
      ['Be asked for everything', '$0 repo create'],
      ['Back up documents to another disk', '$0 repo create --name docs --path /mnt/backup/docs --source ~/Documents'],
      [
        'Two directories, a policy of its own',
        '$0 repo create -n pics -p /mnt/b/pics --source ~/Pictures --source ~/Raw --retention daily=14,monthly=12',
      ],
    ],
    exits: [EXIT.warnings, EXIT.passphrase, EXIT.prerequisite, EXIT.interrupted],
  })

  encryption = Option.String('--encryption,-e', { description: "Borg's mode (default repokey-blake2)" })
  quota = Option.String('--quota', { description: 'the most the repository may take, such as 100G' })

  schedule = Option.String('--schedule', {
    description: 'TIME: back it up by itself then, such as daily (see schedule install)',
  })

  async run(app: App, output: Output) {
    const { encryption, quota, schedule } = this
    const asks = output.canAsk && this.#isIncomplete()
    const settings = asks ? await output.asking((ask) => this.#asked(app, ask)) : { ...this.settings(), schedule }
    const created = await app.orchestrator.repo.create({ ...settings, encryption, quota })
    const told = { ...created, ...optional('schedule', created.schedule && withWrittenTime(created.schedule)) }
    const now = this.context.clock.now()
    output.report(told, () => renderCreated(created, now, asks ? this.#commandLine(settings) : undefined))
    return created.schedule?.active === false ? EXIT.warnings : EXIT.ok
  }

  #isIncomplete(): boolean {
    return this.repoName === undefined || this.repoPath === undefined || this.sources.length === 0
  }

  #asked(app: App, ask: Ask): Promise<NewRepoSettings> {
    const { schedule } = this
    return app.orchestrator.repo.askSettings({
      ...this.given(),
      schedule,
      homeDirectory: this.context.env['HOME'],
      ask,
    })
  }

  /** How to say the same without questions; a passphrase that was given on the command line is not said again. */
  #commandLine({ name, path, sources, vault, retention, compression, schedule }: NewRepoSettings): string {
    return renderCommandLine(['repo', 'create'], {
      '--name': name,
      '--path': path,
      '--source': sources,
      '--vault': vault,
      '--retention': retention,
      '--compression': compression,
      '--encryption': this.encryption,
      '--quota': this.quota,
      '--schedule': schedule,
      '--passphrase-file': this.passphraseFile,
    })
  }
}
