// `borgboi repo key export`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import type { KeyForm } from '../../borg/client.ts'
import { AppError, EXIT } from '../../errors.ts'
import { usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { renderExportedKey } from '../output/render-key.ts'
import { TargetCommand } from '../target-command.ts'

export class RepoKeyExportCommand extends TargetCommand {
  static override paths = [['repo', 'key', 'export']]
  static override usage = usage({
    category: 'Repos',
    description: "copy a repository's key to a safe place",
    details:
      'The key stays locked by the passphrase. With both, a repository opens whose own key is damaged or lost. ' +
      'A file is made for this user alone, and never replaces another.',
    examples: [
      ['Into a file', '$0 repo key export --name docs --to docs.borgkey'],
      ['As a page to print', '$0 repo key export --name docs --qr-html --to docs-key.html'],
    ],
    exits: [EXIT.repositoryMissing, EXIT.passphrase, EXIT.prerequisite, EXIT.interrupted],
  })

  to = Option.String('--to', { description: 'write it to this new file (default: print it)' })
  paper = Option.Boolean('--paper', false, { description: 'as lines with checksums, to be typed in from paper' })
  qrHtml = Option.Boolean('--qr-html', false, { description: 'as a page with a QR code' })

  async run(app: App, output: Output) {
    const to = this.to === undefined ? undefined : this.absolute(this.to)
    const exported = await app.orchestrator.repo.exportKey({ ...this.target(), form: this.form(), to })
    const { key } = exported
    if (key === undefined) output.report(exported, () => renderExportedKey(exported))
    else output.document(exported, () => key.trimEnd())
  }

  private form(): KeyForm {
    if (this.paper && this.qrHtml) {
      throw new AppError('usage-invalid', 'cannot tell how the key is to be written', {
        reason: 'both --paper and --qr-html were given',
        hint: 'give one of them; the page has the lines for paper too',
      })
    }
    if (this.paper) return 'paper'
    return this.qrHtml ? 'qr-html' : 'file'
  }
}
