// A process that pushes a repository to a vault in a directory. It prints how the push ended, and each step as it
// begins; told so, it kills itself at a step, or before or after a request.

import { writeSync } from 'node:fs'
import { AppError } from '../../src/errors.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { thisHost } from '../../src/platform/host.ts'
import { push } from '../../src/replication/push.ts'
import type { LocalRepository, PushOptions } from '../../src/replication/replication.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { vaultAt } from './directory-vault.ts'

export interface WorkerOrder {
  readonly vaultRoot: string
  readonly repository: LocalRepository
  readonly stateDirectory: string
  readonly installId: string
  readonly options: PushOptions
  readonly killAt?: { readonly stage: string } | { readonly request: number; readonly when: 'before' | 'after' }
}

const order: WorkerOrder = JSON.parse(process.argv[2] ?? '')
const { killAt = { stage: '' } } = order
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort('SIGTERM'))

const context = {
  clock: systemClock,
  host: thisHost,
  stop: stop.signal,
  stateDirectory: order.stateDirectory,
  installId: async () => order.installId,
  tool: 'borgboi/test',
}
let stage: string | undefined
let requests = 0
try {
  const result = await push(context, counted(vaultAt(order.vaultRoot, stop.signal)), order.repository, order.options, {
    onProgress: (progress) => {
      if (progress.stage === stage) return
      stage = progress.stage
      say({ stage })
      if ('stage' in killAt && killAt.stage === stage) die()
    },
  })
  say({ result: { ...result, requests, peakBytes: process.resourceUsage().maxRSS * 1024 } })
} catch (error) {
  if (!(error instanceof AppError)) throw error
  say({ code: error.code, reason: error.reason })
}

/** The vault, with its requests counted and, where that was ordered, one of them the last thing that happens. */
function counted(vault: Vault): Vault {
  return new Proxy(vault, {
    get: (_, name) => {
      const value: unknown = Reflect.get(vault, name)
      if (typeof value !== 'function') return value
      const call = value.bind(vault) as (...args: unknown[]) => unknown
      if (name !== 'put' && name !== 'get' && name !== 'head') return call
      return async (...args: unknown[]) => {
        const number = requests++
        if ('request' in killAt && killAt.request === number && killAt.when === 'before') die()
        const answer = await call(...args)
        if ('request' in killAt && killAt.request === number) die()
        return answer
      }
    },
  })
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** At once: the process may be killed a moment later. */
function say(line: unknown): void {
  writeSync(1, `${JSON.stringify(line)}\n`)
}
