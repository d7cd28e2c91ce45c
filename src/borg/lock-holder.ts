// Who holds Borg's own lock on a local repository. Borg keeps it as lock.exclusive/<host id>.<pid>-<thread>.

import { join } from 'node:path'
import { listIfAny, statIfAny } from '../platform/files.ts'
import { commandOf } from '../platform/process-facts.ts'
import type { RepositoryAccess } from './client.ts'
import { isLocal } from './location.ts'

export interface BorgLockHolder {
  readonly pid: number
  readonly hostId: string
  /** The process is on this machine and alive. */
  readonly here: boolean
  /** `borg create`, as far as it can be told. */
  readonly purpose: string
  readonly since: Date
}

/** A program called borg or `borg-linux64`, then options, then the subcommand. */
const BORG_COMMAND = /(?:^|[\s/])borg[\w.-]*\s+(?:-\S+\s+)*([a-z][a-z-]*)/

/** Undefined when nobody holds it or it cannot be told. */
export async function findLockHolder(access: RepositoryAccess): Promise<BorgLockHolder | undefined> {
  if (!isLocal(access)) return undefined
  const directory = join(access.path, 'lock.exclusive')
  const [entry] = (await listIfAny(directory)) ?? []
  const facts = await statIfAny(directory)
  const match = entry === undefined ? null : /^(.*)\.(\d+)-\d+$/.exec(entry)
  if (!match || !facts) return undefined
  const [, hostId = '', pid = ''] = match
  const command = await commandOf(Number(pid))
  const subcommand = BORG_COMMAND.exec(command ?? '')?.[1]
  return {
    pid: Number(pid),
    hostId,
    here: subcommand !== undefined,
    purpose: subcommand === undefined ? 'a Borg process' : `borg ${subcommand}`,
    since: facts.mtime,
  }
}

/** `borg create (pid 4121 on this machine, since 02:30:05)` */
export function describeHolder(holder: BorgLockHolder): string {
  const place = holder.here ? 'on this machine' : `of ${holder.hostId}`
  return `${holder.purpose} (pid ${holder.pid} ${place}, since ${holder.since.toTimeString().slice(0, 8)})`
}
