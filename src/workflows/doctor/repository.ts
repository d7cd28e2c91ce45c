// The repository in its place, and who holds its lock.

import type { LockedBy } from '../../borg/client.ts'
import { isRemote } from '../../model/location.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { asCopy } from '../shared/open-repository.ts'
import type { Check, DoctorDeps, RepoSubject } from './check.ts'

export interface PlaceFacts {
  readonly record: Pick<RepoRecord, 'name' | 'path' | 'borgId'>
  readonly isRemote: boolean
  readonly kind?: 'file' | 'directory' | 'other'
  /** What it says its id is. */
  readonly id?: string
}

export const repository: Check<PlaceFacts, RepoSubject> = {
  name: 'repository',
  gather: async (deps, { record }) => {
    if (isRemote(record.path)) return { record, isRemote: true }
    const kind = await deps.files.kind(record.path)
    const id = await deps.borg.repositoryId({ path: record.path, lockWaitSeconds: 0 })
    return { record, isRemote: false, ...(kind && { kind }), ...(id !== undefined && { id }) }
  },
  judge: ({ record: { name, path, borgId }, isRemote: remote, kind, id }) => {
    if (remote) return [{ level: 'skipped', message: `${path} is on another machine, and was not looked at` }]
    if (kind === undefined) {
      return [{ level: 'error', message: `there is nothing at ${path}`, hint: 'is its disk mounted?' }]
    }
    if (id === undefined) {
      return [{ level: 'error', message: `there is no Borg repository at ${path}`, hint: 'is its disk mounted?' }]
    }
    if (id !== borgId) {
      const hint = `put the right one there, or forget the record: borgboi repo delete --keep-repository --name ${name}`
      return [{ level: 'error', message: `another repository is at ${path}`, hint }]
    }
    return [{ level: 'ok', message: path }]
  },
}

export interface LockFacts {
  readonly name: string
  readonly held?: LockedBy
}

export const lock: Check<LockFacts, RepoSubject> = {
  name: 'lock',
  gather: async (deps, { record }) => {
    const held = isRemote(record.path) ? undefined : await heldBy(deps, record)
    return { name: record.name, ...(held && { held }) }
  },
  judge: ({ name, held }) => {
    if (held === undefined) return [{ level: 'ok', message: 'free' }]
    const message = `held by ${held.description}`
    const hint = `when no Borg runs there any more: borgboi repo break-lock --name ${name}`
    switch (held.state) {
      case 'alive':
        return [{ level: 'ok', message }]
      case 'gone':
        return [
          { level: 'warning', message: `${message}, which is gone`, hint: `borgboi repo break-lock --name ${name}` },
        ]
      default:
        return [{ level: 'warning', message, hint }]
    }
  },
}

async function heldBy(deps: DoctorDeps, record: RepoRecord): Promise<LockedBy | undefined> {
  const access = { path: record.path, lockWaitSeconds: 0 }
  return await deps.borg.lockedBy(record.readOnly ? await asCopy(deps, record.name, access) : access)
}
