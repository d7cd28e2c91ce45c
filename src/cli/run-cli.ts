// From an argument list to an exit code. What needs no command (version, overview, list of commands) is answered here at
// once; the commands are loaded for everything else.

import { EXIT, type ExitCode } from '../errors.ts'
import { PROGRAM_VERSION } from '../version.ts'
import { COMMAND_LIST } from './command-list.ts'
import type { CliContext } from './context.ts'

const OVERVIEW = `borgboi ${PROGRAM_VERSION} · backups with BorgBackup that prove they restore

  Start          borgboi repo create            set up a backup
  Every day      borgboi backup daily           back up, prune, compact
  Look           borgboi backup list            the archives there are
  Get back       borgboi backup restore         files from any archive
  Be sure        borgboi backup check           is the repository sound?

  borgboi COMMAND --help · borgboi --help for all commands · docs: README
`

const ANSWERS: Readonly<Record<string, string>> = {
  '': OVERVIEW,
  '--version': `${PROGRAM_VERSION}\n`,
  '-V': `${PROGRAM_VERSION}\n`,
  '--help': COMMAND_LIST,
  '-h': COMMAND_LIST,
  help: COMMAND_LIST,
}

/** Runs one command line. Never throws for anything a person can cause. Resolves to the process exit code. */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const answer = Object.hasOwn(ANSWERS, args.join(' ')) ? ANSWERS[args.join(' ')] : undefined
  if (answer !== undefined && args.length < 2) {
    context.stdout.write(answer)
    return EXIT.ok
  }
  const { runCommand } = await import('./commands.ts')
  return await runCommand(args, context)
}
