// `borgboi config show`, `borgboi config path`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderConfig } from '../output/render-config.ts'

export class ConfigShowCommand extends BaseCommand {
  static override paths = [['config', 'show']]
  static override usage = usage({
    category: 'Configuration',
    description: 'show the configuration in force',
    details:
      'Flags stand above the environment (BORGBOI_…), that above the file, that above the defaults. Secrets are not shown.',
    examples: [
      ['Every key with its value', '$0 config show'],
      ['And where each value comes from', '$0 config show --origin'],
    ],
  })

  origin = Option.Boolean('--origin', false, { description: 'say where each value comes from' })

  async run(app: App, output: Output) {
    const config = await app.orchestrator.config.show()
    output.document(config, () => renderConfig(config, this.origin))
  }
}

export class ConfigPathCommand extends BaseCommand {
  static override paths = [['config', 'path']]
  static override usage = usage({
    category: 'Configuration',
    description: 'print the path of the configuration file',
    examples: [
      ['Where it is', '$0 config path'],
      ['Edit it', '$EDITOR $($0 config path)'],
    ],
  })

  async run(app: App, output: Output) {
    const path = app.orchestrator.config.path()
    output.document({ path }, () => path)
  }
}
