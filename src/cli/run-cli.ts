// From an argument list to an exit code.

import { EXIT, type ExitCode } from '../errors.ts'
import { runCommand } from './commands.ts'
import type { CliContext } from './context.ts'
import { answerAtOnce } from './front-desk.ts'

/** Runs one command line. Never throws for anything a person can cause. Resolves to the process exit code. */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const answer = answerAtOnce(args)
  if (answer === undefined) return await runCommand(args, context)
  context.stdout.write(answer)
  return EXIT.ok
}
