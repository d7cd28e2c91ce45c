// Whose exclusions a command is about: one repo's, or those all repos share.

import { Option } from 'clipanion'
import type { ExclusionTarget } from '../../workflows/exclusions/scope.ts'
import { TargetCommand } from '../target-command.ts'

export abstract class ExclusionsCommand extends TargetCommand {
  shared = Option.Boolean('--shared', false, { description: 'the exclusions of all repos' })

  protected exclusionTarget(): ExclusionTarget {
    return { ...this.target(), shared: this.shared }
  }
}
