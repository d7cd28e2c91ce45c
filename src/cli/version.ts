// `borgboi version`

import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { PROGRAM_VERSION } from '../version.ts'
import { BaseCommand, usage } from './base-command.ts'
import type { Output } from './output/output.ts'

export class VersionCommand extends BaseCommand {
  static override paths = [['version']]
  static override usage = usage({
    category: 'Information',
    description: 'show the versions of borgboi, Borg and Node',
    examples: [
      ['Show all three', '$0 version'],
      ['For a program', '$0 version --json'],
    ],
    exits: [EXIT.prerequisite],
  })

  async run(app: App, output: Output) {
    const borg = await app.orchestrator.borg.version()
    const versions = { borgboi: PROGRAM_VERSION, borg: borg.text, node: process.versions.node }
    output.document(versions, () => `borgboi ${versions.borgboi}\nborg    ${versions.borg}\nnode    ${versions.node}`)
  }
}
