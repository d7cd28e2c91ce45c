#!/usr/bin/env node
// The executable. Easy questions are answered at once; for the rest everything is imported in one go, with the compile
// cache on.

import { answerAtOnce } from './cli/front-desk.ts'
import { useCompileCache } from './platform/compile-cache.ts'
import { surviveLostOutput } from './platform/exit.ts'

surviveLostOutput(process)
const answer = answerAtOnce(process.argv.slice(2))
if (answer === undefined) {
  useCompileCache(process.env)
  const { main } = await import('./main.ts')
  await main(process)
} else process.stdout.write(answer)
