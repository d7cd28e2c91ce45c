// `borgboi exclusions audit`

import type { App } from '../../app.ts'
import { EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderAudit } from '../output/render-audit.ts'
import { TargetCommand } from '../target-command.ts'

export class ExclusionsAuditCommand extends TargetCommand {
  static override paths = [['exclusions', 'audit']]
  static override usage = usage({
    category: 'Exclusions',
    description: 'find rules that leave nothing out, and the largest directories that are backed up',
    details:
      "Walks the repo's sources as a backup would, and changes nothing. What is inside a directory that is left out is " +
      'not looked at, as Borg does not look at it either. Ends with 3 where this user may not read something.',
    examples: [
      ['What takes the space?', '$0 exclusions audit --name docs'],
      ['For a program', '$0 exclusions audit --name docs --json'],
    ],
    exits: [EXIT.warnings, EXIT.prerequisite, EXIT.interrupted],
  })

  async run(app: App, output: Output) {
    const onProgress = output.watch('look at sources')
    const audit = await app.orchestrator.exclusions.audit({ ...this.target(), onProgress })
    output.report(audit, () => renderAudit(audit))
    return audit.unreadable.count > 0 ? EXIT.warnings : EXIT.ok
  }
}
