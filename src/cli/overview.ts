// Bare `borgboi`, `--version`: what a person sees first. Opens nothing.

import { Command } from 'clipanion'
import { EXIT, type ExitCode } from '../errors.ts'
import { PROGRAM_VERSION } from '../version.ts'
import type { CliContext } from './context.ts'

const OVERVIEW = `borgboi ${PROGRAM_VERSION} · backups with BorgBackup that prove they restore

  Start          borgboi repo create            set up a backup
  Every day      borgboi backup daily           back up, prune, compact
  Look           borgboi backup list            the archives there are
  Get back       borgboi backup restore         files from any archive
  Be sure        borgboi backup check           is the repository sound?

  borgboi COMMAND --help · borgboi --help for all commands · docs: README
`

export class OverviewCommand extends Command<CliContext> {
  static override paths = [Command.Default]

  async execute(): Promise<ExitCode> {
    this.context.stdout.write(OVERVIEW)
    return EXIT.ok
  }
}

export class ProgramVersionCommand extends Command<CliContext> {
  static override paths = [['--version'], ['-V']]

  async execute(): Promise<ExitCode> {
    this.context.stdout.write(`${PROGRAM_VERSION}\n`)
    return EXIT.ok
  }
}
