// `borgboi help`: about a command, a group of commands or a topic. Reads no home, no configuration, and asks no Borg.

import { Option } from 'clipanion'
import type { App } from '../app.ts'
import { BaseCommand, usage } from './base-command.ts'
import type { Output } from './output/output.ts'

export class HelpCommand extends BaseCommand {
  static override paths = [['help']]
  static override usage = usage({
    category: 'Information',
    description: 'show the help of a command, a group of commands, or a topic',
    details: 'Topics are about what more than one command has to do with; borgboi help topics lists them.',
    examples: [
      ['A command', '$0 help backup restore'],
      ['All commands about vaults', '$0 help vault'],
      ['A topic', '$0 help retention'],
    ],
  })

  words = Option.Rest({ name: 'command-or-topic' })

  async run(_app: App, output: Output) {
    const [{ COMMANDS }, { answerHelp }] = await Promise.all([import('./commands.ts'), import('./answer-help.ts')])
    const text = await answerHelp(COMMANDS, this.words, this.context)
    output.document({ about: this.words.join(' '), text }, () => text.trimEnd())
  }
}
