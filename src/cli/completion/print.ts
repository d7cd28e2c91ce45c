// `borgboi completion`

import { Option } from 'clipanion'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { BaseCommand, usage } from '../base-command.ts'
import type { Output } from '../output/output.ts'
import { SCRIPTS } from './scripts.ts'
import { SHELLS } from './values.ts'

export class CompletionCommand extends BaseCommand {
  static override paths = [['completion']]
  static override usage = usage({
    category: 'Information',
    description: 'print what makes bash, zsh or fish complete command lines',
    details:
      'Commands and options, the names of repos, their newest archives and vaults. Nothing is asked of Borg or of the ' +
      'network. It need not be printed again for a newer borgboi.',
    examples: [
      ['In ~/.bashrc', 'eval "$($0 completion bash)"'],
      ['In ~/.zshrc, behind compinit', 'eval "$($0 completion zsh)"'],
      ['For fish', '$0 completion fish > ~/.config/fish/completions/borgboi.fish'],
    ],
  })

  shell = Option.String({ name: 'shell' })

  async run(_app: App, output: Output) {
    const shell = SHELLS.find((known) => known === this.shell)
    if (shell === undefined) {
      throw new AppError('usage-invalid', `cannot complete for ${this.shell}`, {
        reason: 'it is none of the shells that are known here',
        hint: `use one of ${SHELLS.join(', ')}`,
      })
    }
    output.document({ shell, script: SCRIPTS[shell] }, () => SCRIPTS[shell])
  }
}
