// `borgboi exclusions create`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { numberOf } from '../../model/words.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { ExclusionsCommand } from './target.ts'

export class ExclusionsCreateCommand extends ExclusionsCommand {
  static override paths = [['exclusions', 'create']]
  static override usage = usage({
    category: 'Exclusions',
    description: 'make a file of patterns that backups leave out',
    details:
      "Patterns are Borg's, with the styles fm: sh: re: pp: pf:. A name alone, such as node_modules, means only the one " +
      'in the root directory; for any depth write sh:**/node_modules. No repo needs such a file.',
    examples: [
      ['For one repo, with two patterns', "$0 exclusions create --name docs '*.tmp' 'sh:**/node_modules'"],
      ['For all repos, from a file there is', '$0 exclusions create --shared --from ~/excludes.txt'],
    ],
  })

  from = Option.String('--from,-x', { description: 'copy this file' })
  force = Option.Boolean('--force', false, { description: 'replace a file that is there' })
  patterns = Option.Rest({ name: 'pattern' })

  async run(app: App, output: Output) {
    const { force, patterns } = this
    const from = this.from === undefined ? undefined : this.absolute(this.from)
    const target = this.exclusionTarget()
    const created = await app.orchestrator.exclusions.create({ target, from, patterns, force })
    output.report(created, () => `✓ ${created.path}   ${numberOf(created.patterns.length, 'pattern')}`)
  }
}
