#!/usr/bin/env node
// The executable: process streams and signals in, exit code out. The commands are imported when the compile cache is on.

import { runCli } from './cli/run-cli.ts'
import { systemClock } from './platform/clock.ts'
import { useCompileCache } from './platform/compile-cache.ts'
import { watchSignals } from './platform/signals.ts'

useCompileCache(process.env)
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
