// `borgboi config generate`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'

export class ConfigGenerateCommand extends BaseCommand {
  static override paths = [['config', 'generate']]
  static override usage = usage({
    category: 'Configuration',
    description: 'write a commented configuration file with every key at its default',
    examples: [
      ['Write it where borgboi looks for it', '$0 config generate'],
      ['Only print it', '$0 config generate --dry-run'],
    ],
  })

  force = Option.Boolean('--force', false, { description: 'replace a file that is there' })
  dryRun = Option.Boolean('--dry-run', false, { description: 'print the text, write nothing' })

  async run(app: App, output: Output) {
    const { force, dryRun } = this
    const generated = await app.orchestrator.config.generate({ force, dryRun })
    if (dryRun) output.document(generated, () => generated.text.trimEnd())
    else output.report(generated, () => `✓ written   ${generated.path}`)
  }
}
