// `borgboi migrate`

import { Option } from 'clipanion'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { BaseCommand, usage } from './base-command.ts'
import type { Output } from './output/output.ts'
import { migrationExitCode, renderMigration } from './output/render-migration.ts'

export class MigrateCommand extends BaseCommand {
  static override paths = [['migrate']]
  static override usage = usage({
    category: 'Migration',
    description: 'take over the repos, passphrases and exclusions of an earlier BorgBoi',
    details:
      'Finds what BorgBoi 1.x left in the home, in its JSON files, its database and the DynamoDB table, and records it. ' +
      'Nothing is overwritten or removed, but for passphrases in old records: each moves into a file that only you can ' +
      'read, is read back, and then taken out of the record. Repositories are not touched. It may be run again at any time.',
    examples: [
      ['See what would be taken over', '$0 migrate --dry-run'],
      ['Do it', '$0 migrate'],
    ],
    exits: [EXIT.warnings],
  })

  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be done' })

  async run(app: App, output: Output) {
    const migration = await app.orchestrator.migrate({ dryRun: this.dryRun })
    output.report(migration, () => renderMigration(migration))
    return migrationExitCode(migration)
  }
}
