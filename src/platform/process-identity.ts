// Which process is which, across reboots, containers and reused process ids: who we are, and whether another process
// that wrote down who it was still runs.

import { readFile, readlink } from 'node:fs/promises'
import { systemCode } from './files.ts'

/** What tells one process from every other. Fields this platform does not know are absent. */
export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** The kernel's own id of this boot. */
  readonly bootId?: string
  /** Process ids mean something only inside it: containers share a boot, and may share a host name. */
  readonly pidNamespace?: string
  /** When the process started, in the kernel's ticks since boot: a reused process id has another one. */
  readonly processStart?: string
}

/** `alive` and `dead` are proven; `other-boot` is dead unless two machines have one name; `unknown` may be anything. */
export type Liveness = 'alive' | 'dead' | 'other-boot' | 'unknown'

export async function thisProcess(host: string): Promise<ProcessIdentity> {
  const [bootId, pidNamespace, facts] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined),
    readlink('/proc/self/ns/pid').catch(() => undefined),
    processFacts(process.pid),
  ])
  return {
    pid: process.pid,
    host,
    ...(bootId === undefined ? {} : { bootId: bootId.trim() }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
    ...(facts === undefined ? {} : { processStart: facts.start }),
  }
}

/** Whether the process `other` wrote about still runs, as `self` can tell. */
export async function livenessOf(other: ProcessIdentity, self: ProcessIdentity): Promise<Liveness> {
  if (other.host !== self.host) return 'unknown'
  if (other.bootId !== self.bootId) return other.bootId && self.bootId ? 'other-boot' : 'unknown'
  if (other.pidNamespace !== self.pidNamespace) return 'unknown'
  if (!isRunning(other.pid)) return 'dead'
  const facts = await processFacts(other.pid)
  if (facts === undefined || other.processStart === undefined) return 'unknown'
  return facts.ended || facts.start !== other.processStart ? 'dead' : 'alive'
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return systemCode(error) !== 'ESRCH'
  }
}

/** Undefined where the kernel does not say: not Linux, or other users' processes are hidden. */
async function processFacts(pid: number): Promise<{ readonly start: string; readonly ended: boolean } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, start] = [fields?.[0], fields?.[19]]
  if (state === undefined || start === undefined) return undefined
  // A zombie has ended; its parent has just not asked yet, and in a container may never do.
  return { start, ended: state === 'Z' || state === 'X' }
}
