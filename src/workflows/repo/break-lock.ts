// `repo break-lock`: removes a lock that a Borg left behind. One that is running, or that cannot be seen from here, is
// left its lock unless the person insists: two writers at once destroy a repository.

import type { LockedBy } from '../../borg/client.ts'
import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { findRecord } from '../shared/find-record.ts'
import { accessTo, asCopy } from '../shared/open-repository.ts'

export interface BreakLockInput extends RepoTarget {
  /** Also where the holder runs, or cannot be seen, or nobody is known to hold it. */
  readonly force: boolean
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export interface BrokenLock {
  readonly name: RepoName
  /** Absent where nobody held it. */
  readonly held?: LockedBy
  readonly broken: boolean
  readonly dryRun: boolean
}

export async function breakLock(
  deps: Pick<Deps, 'repos' | 'config' | 'borg' | 'jobs'>,
  { force, dryRun, confirm, ...target }: BreakLockInput,
): Promise<BrokenLock> {
  const record = await findRecord(deps, target)
  const { name } = record
  // A borgboi that works on it is named by this, and is not to be disturbed by force.
  await using _lock = await deps.jobs.acquire(name, 'repo break-lock', 0)
  const plain = await accessTo(deps, record.path, undefined)
  const access = record.readOnly ? await asCopy(deps, name, plain) : plain
  const held = await deps.borg.lockedBy(access)
  const result = { name, ...(held && { held }), dryRun }
  if (held === undefined && !force) return { ...result, broken: false }
  if (held !== undefined && held.state !== 'gone' && !force) throw refusal(name, held)
  if (dryRun) return { ...result, broken: false }
  await requireConfirmation(confirm, {
    action: `break the lock of ${name}`,
    consequences: [
      held === undefined ? 'nobody is known to hold it' : `it is held by ${held.description}`,
      'two processes that write at once destroy a repository: make sure that none is running, on any machine',
    ],
  })
  await deps.borg.breakLock(access)
  return { ...result, broken: true }
}

function refusal(name: RepoName, { description, state }: LockedBy): AppError {
  return new AppError('locked', `did not break the lock of ${name}`, {
    reason: `it is held by ${description}`,
    hint:
      state === 'alive'
        ? 'wait for it or end it; only if it hangs for good, add --force'
        : 'make sure that no Borg runs there any more, then add --force',
  })
}
