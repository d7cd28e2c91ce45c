#!/usr/bin/env node
// The executable: process streams and signals in, exit code out.

import { enableCompileCache } from 'node:module'
import { runCli } from './cli/cli.ts'
import { systemClock } from './platform/clock.ts'
import { watchSignals } from './platform/signals.ts'

enableCompileCache()
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
