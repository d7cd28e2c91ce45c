// Who holds Borg's own lock on a local repository. Borg keeps that of a writer as lock.exclusive/<host id>.<pid>-<thread>,
// those of readers as [host id, pid, thread] in lock.roster.

import { join } from 'node:path'
import { listIfAny, readTextIfAny, statIfAny } from '../platform/files.ts'
import { commandOf } from '../platform/process-facts.ts'
import type { LockedBy, RepositoryAccess } from './client.ts'
import { isLocal } from './location.ts'
import { parseObject } from './output/fields.ts'

export interface BorgLockHolder {
  readonly pid: number
  /** Of a writer: its file in the directory that is the lock. */
  readonly entry?: string
  readonly hostId: string
  /** The process is on this machine and alive. */
  readonly here: boolean
  /** There is a process of that number on this machine, a Borg or not. */
  readonly isRunning: boolean
  /** `borg create`, as far as it can be told. */
  readonly purpose: string
  readonly since: Date
}

/** A program called borg or `borg-linux64`, then options, then the subcommand. */
const BORG_COMMAND = /(?:^|[\s/])borg[\w.-]*\s+(?:-\S+\s+)*([a-z][a-z-]*)/

/** Undefined when nobody holds it or it cannot be told. */
export async function findLockHolder(access: RepositoryAccess): Promise<BorgLockHolder | undefined> {
  if (!isLocal(access)) return undefined
  const lock = (await writerOf(access.path)) ?? (await readersOf(access.path))[0]
  return lock && (await toHolder(lock))
}

/** Those who only read, dead ones too. */
export async function findReaders(repository: string): Promise<readonly BorgLockHolder[]> {
  const found = await Promise.all((await readersOf(repository)).map(toHolder))
  return found.filter((holder) => holder !== undefined)
}

async function toHolder({ file, entry, hostId, pid }: Lock): Promise<BorgLockHolder | undefined> {
  const facts = await statIfAny(file)
  if (facts === undefined) return undefined
  const command = await commandOf(Number(pid))
  const subcommand = BORG_COMMAND.exec(command ?? '')?.[1]
  return {
    pid: Number(pid),
    ...(entry === undefined ? {} : { entry }),
    hostId,
    here: subcommand !== undefined,
    isRunning: command !== undefined,
    purpose: subcommand === undefined ? 'a Borg process' : `borg ${subcommand}`,
    since: facts.mtime,
  }
}

interface Lock {
  readonly file: string
  /** What a writer has in the directory that is the lock. */
  readonly entry?: string
  readonly hostId: string
  readonly pid: string
}

async function writerOf(repository: string): Promise<Lock | undefined> {
  const file = join(repository, 'lock.exclusive')
  const [entry = ''] = (await listIfAny(file)) ?? []
  const [, hostId = '', pid] = /^(.*)\.(\d+)-\d+$/.exec(entry) ?? []
  return pid === undefined ? undefined : { file, entry, hostId, pid }
}

async function readersOf(repository: string): Promise<Lock[]> {
  const file = join(repository, 'lock.roster')
  const roster = parseObject((await readTextIfAny(file)) ?? '')
  const entries: unknown[] = Array.isArray(roster?.['shared']) ? roster['shared'] : []
  return entries.flatMap((entry) =>
    Array.isArray(entry) ? [{ file, hostId: String(entry[0]), pid: String(entry[1]) }] : [],
  )
}

/** `ownHostId`: what this machine's Borg writes into its locks; asked for only when there is one. */
export async function lockedBy(
  access: RepositoryAccess,
  ownHostId: () => Promise<string>,
): Promise<LockedBy | undefined> {
  if (!isLocal(access)) return { description: 'whom cannot be told from this machine', state: 'elsewhere' }
  const holder = await findLockHolder(access)
  if (holder === undefined) return undefined
  const state = holder.here ? 'alive' : holder.hostId === (await ownHostId()) ? 'gone' : 'elsewhere'
  return { description: describeHolder(holder), state }
}

/** `borg create (pid 4121 on this machine, since 02:30:05)` */
export function describeHolder(holder: BorgLockHolder): string {
  const place = holder.here ? 'on this machine' : `of ${holder.hostId}`
  return `${holder.purpose} (pid ${holder.pid} ${place}, since ${holder.since.toTimeString().slice(0, 8)})`
}
