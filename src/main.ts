// The process: its streams and signals in, its exit code out.

import { openApp } from './app.ts'
import { runCli } from './cli/run-cli.ts'
import { systemClock } from './platform/clock.ts'
import { exitWith } from './platform/exit.ts'
import { readPackaged } from './platform/packaged.ts'
import { watchSignals } from './platform/signals.ts'

export async function main(process: NodeJS.Process): Promise<never> {
  const exitCode = await runCli(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    colorDepth: 1,
    cwd: process.cwd(),
    clock: systemClock,
    ...watchSignals(process),
    readPage: readPackaged,
    openApp,
  })
  return await exitWith(process, exitCode)
}
