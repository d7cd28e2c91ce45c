// Operations of replication in processes of their own, which may be killed on the way.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { bundledWorker } from './bundled-worker.ts'
import type { Errand, Outcome } from './offsite-operation.ts'

/** In a process of its own. `program`: of `bundledOffsiteWorker`. */
export async function performApart(program: string, errand: Errand): Promise<Outcome> {
  const child = spawn(process.execPath, [program, JSON.stringify(errand)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code, signal] = await ended
  if (signal === 'SIGKILL') return { end: 'killed' }
  if (code !== 0)
    throw new Error(`${errand.operation.name} in a process of its own ended with ${code ?? signal}: ${stderr}`)
  return JSON.parse(stdout)
}

export async function bundledOffsiteWorker(directory: string): Promise<string> {
  return await bundledWorker(new URL('offsite-worker.ts', import.meta.url), directory)
}
