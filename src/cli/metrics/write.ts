// `borgboi metrics write`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { BaseCommand, usage } from '../base-command.ts'
import { sanitizeForTerminal } from '../output/format.ts'
import type { Output } from '../output/output.ts'

export class MetricsWriteCommand extends BaseCommand {
  static override paths = [['metrics', 'write']]
  static override usage = usage({
    category: 'Information',
    description: "write figures of repos and runs for Prometheus' node_exporter",
    details:
      'Where metrics.file is set, every run does it by itself, a failed one too; what each figure is: borgboi help prometheus.',
    examples: [
      ['See them', '$0 metrics write --file -'],
      ['For the textfile collector', '$0 metrics write --file /var/lib/prometheus/node-exporter/borgboi.prom'],
    ],
  })

  file = Option.String('--file', { description: 'this file, or - to print them; without it metrics.file' })

  async run(app: App, output: Output) {
    const file = this.file === undefined || this.file === '-' ? this.file : this.absolute(this.file)
    const { path, text } = await app.orchestrator.metrics.write({ file })
    if (path === undefined) output.document({ text }, () => text.trimEnd())
    else output.report({ path }, () => `✓ written   ${sanitizeForTerminal(path)}`)
  }
}
