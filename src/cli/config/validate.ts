// `borgboi config validate`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderFindings } from '../output/render-findings.ts'

export class ConfigValidateCommand extends BaseCommand {
  static override paths = [['config', 'validate']]
  static override usage = usage({
    category: 'Configuration',
    description: 'check the configuration, Borg and the permissions of the home',
    examples: [
      ['Is everything ready?', '$0 config validate'],
      ['Another file', '$0 config validate --config ./test.yaml'],
    ],
  })

  async run(app: App, output: Output) {
    const findings = await app.orchestrator.config.validate()
    output.report({ findings }, () => renderFindings(findings))
    return findings.some(({ level }) => level === 'error') ? EXIT.usage : EXIT.ok
  }
}
