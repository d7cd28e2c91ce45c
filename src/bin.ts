#!/usr/bin/env node
// The executable: process streams and signals in, exit code out. The commands are imported when the compile cache is on,
// so that they are compiled once per version and not at every start.

import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runCli } from './cli/run-cli.ts'
import { systemClock } from './platform/clock.ts'
import { watchSignals } from './platform/signals.ts'

// Below the user's own cache folder: Node's default is in the shared temporary folder, where others could write.
enableCompileCache(join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'borgboi', 'compiled'))

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  colorDepth: 1,
  cwd: process.cwd(),
  clock: systemClock,
  ...watchSignals(process),
  openApp: async (options) => (await import('./app.ts')).openApp(options),
})
