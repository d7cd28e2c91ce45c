// Starts test/support/restore-worker.ts and waits for its end.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { PromoteInput, PullInput, RestoreInput } from '../../src/replication/replication.ts'

export interface RestoreErrand {
  readonly vaultRoot: string
  readonly stateDirectory: string
  readonly installId: string
  readonly operation:
    | { readonly name: 'restore'; readonly input: RestoreInput }
    | { readonly name: 'pull'; readonly input: PullInput }
    | { readonly name: 'promote'; readonly input: PromoteInput }
  readonly kill: { readonly stage: string; readonly files?: number }
}

/** @throws Error where it was not killed */
export async function runUntilKilled(errand: RestoreErrand): Promise<void> {
  const worker = new URL('restore-worker.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [worker, JSON.stringify(errand)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [stderr, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (signal !== 'SIGKILL') throw new Error(`it was not killed at ${errand.kill.stage}: ${code} ${stderr}`)
}
