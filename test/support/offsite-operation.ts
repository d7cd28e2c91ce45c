// One operation of replication on a vault in a directory, with a fault on its way. A kill kills this very process: run it
// in one of its own (offsite-process.ts).

import { AppError, type ErrorCode } from '../../src/errors.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { thisHost } from '../../src/platform/host.ts'
import { collect } from '../../src/replication/collect.ts'
import type { ReplicationContext } from '../../src/replication/context.ts'
import { promote } from '../../src/replication/promote.ts'
import { pull } from '../../src/replication/pull.ts'
import { push } from '../../src/replication/push.ts'
import type {
  CollectInput,
  LocalRepository,
  PromoteInput,
  PromoteResult,
  PullInput,
  RestoreInput,
} from '../../src/replication/replication.ts'
import { restore } from '../../src/replication/restore.ts'
import type { Vault } from '../../src/vault/vault.ts'
import { vaultAt } from './directory-vault.ts'

export type Operation =
  | {
      readonly name: 'push'
      readonly input: LocalRepository
      readonly lockWaitMs?: number
      readonly acceptLoss?: boolean
    }
  | { readonly name: 'restore'; readonly input: RestoreInput }
  | { readonly name: 'pull'; readonly input: PullInput }
  | { readonly name: 'promote'; readonly input: PromoteInput }
  | { readonly name: 'collect'; readonly input: CollectInput }

/** `call`: counted over everything asked of the vault, from 0. `stage`: counted as they are announced, from 0. */
export type Fault =
  | { readonly kind: 'kill' | 'fail'; readonly call: number; readonly when: 'before' | 'after' }
  | { readonly kind: 'kill'; readonly stage: number }
  | { readonly kind: 'kill'; readonly afterMs: number }

export interface Errand {
  readonly vaultRoot: string
  readonly installId: string
  readonly stateDirectory: string
  readonly operation: Operation
  readonly fault?: Fault
}

export type Outcome =
  | { readonly end: 'done'; readonly result: { readonly seq?: number } & Partial<PromoteResult> }
  | { readonly end: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly end: 'killed' }

/** In this process. What is no AppError is thrown. */
export async function perform({ vaultRoot, installId, stateDirectory, operation, fault }: Errand): Promise<Outcome> {
  const context = machineContext(installId, stateDirectory)
  const vault = fault && 'call' in fault ? withFault(vaultAt(vaultRoot), fault) : vaultAt(vaultRoot)
  let stages = 0
  let current: string | undefined
  const handlers = {
    onProgress: ({ stage }: { readonly stage?: string }) => {
      if (stage === current) return
      current = stage
      if (fault && 'stage' in fault && fault.stage === stages++) die()
    },
  }
  if (fault && 'afterMs' in fault) setTimeout(die, fault.afterMs).unref()
  try {
    return { end: 'done', result: await act() }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'internal') throw error
    return { end: 'failed', code: error.code, message: `${error.message}: ${error.reason}` }
  }

  async function act() {
    const { name, input } = operation
    if (name === 'push') {
      const { lockWaitMs = 10_000, acceptLoss = false } = operation
      const options = { conditionalWrites: true, singleWriter: false, auxMaxBytes: 2 ** 30, lockWaitMs, acceptLoss }
      return await push(context, vault, input, options, handlers)
    }
    if (name === 'restore') return (await restore(context, vault, input, handlers)).takeover ?? {}
    if (name === 'pull') return await pull(context, vault, input, handlers)
    if (name === 'promote') return await promote(context, vault, input, handlers)
    await collect(context, vault, input, handlers)
    return {}
  }
}

export function machineContext(installId: string, stateDirectory: string): ReplicationContext {
  return {
    clock: systemClock,
    host: { hostname: installId, newId: thisHost.newId },
    stop: new AbortController().signal,
    stateDirectory,
    tool: 'borgboi/2.0.0',
    installId: async () => installId,
  }
}

function withFault(vault: Vault, fault: Extract<Fault, { readonly call: number }>): Vault {
  let calls = 0
  const strike = (when: 'before' | 'after', number: number, name: string) => {
    if (number !== fault.call || when !== fault.when) return
    if (fault.kind === 'kill') die()
    throw new AppError('vault-unreachable', `cannot ${name}`, { reason: 'a fault was put in', hint: 'take it out' })
  }
  return new Proxy(vault, {
    get: (_, name) => {
      const value: unknown = Reflect.get(vault, name)
      if (typeof value !== 'function') return value
      if (name === 'list') {
        return async function* list(...args: Parameters<Vault['list']>) {
          const number = calls++
          strike('before', number, 'list')
          yield* vault.list(...args)
          strike('after', number, 'list')
        }
      }
      return async (...args: unknown[]) => {
        const number = calls++
        strike('before', number, String(name))
        const result: unknown = await value.apply(vault, args)
        strike('after', number, String(name))
        return result
      }
    },
  })
}

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal arrives at once, but nothing says when.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
