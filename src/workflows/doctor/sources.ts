// What is backed up: a source that is gone, or that became a link, is a backup of nothing.

import type { RepoRecord } from '../../model/repo.ts'
import { numberOf } from '../../model/words.ts'
import { behindLink, LINK } from '../shared/require-source.ts'
import type { Check, DoctorDeps, RepoSubject, Verdict } from './check.ts'

export interface SourceFacts {
  readonly path: string
  readonly kind?: 'file' | 'directory' | 'other'
  readonly isReadable: boolean
  readonly isEmpty: boolean
  /** Where it leads, if it is a link. */
  readonly real?: string
}

export interface SourcesFacts {
  readonly record: Pick<RepoRecord, 'name' | 'readOnly'>
  readonly sources: readonly SourceFacts[]
}

export const sources: Check<SourcesFacts, RepoSubject> = {
  name: 'sources',
  gather: async (deps, { record }) => ({
    record,
    sources: await Promise.all(record.sources.map((path) => factsOf(deps, path))),
  }),
  judge: ({ record, sources: facts }) => {
    if (record.readOnly)
      return [{ level: 'skipped', message: 'a copy that may only be read: nothing is backed up into it' }]
    const { name } = record
    if (facts.length === 0) {
      const hint = `add one with: borgboi repo sources add DIR --name ${name}`
      return [{ level: 'warning', message: 'nothing is backed up into it: it has no source', hint }]
    }
    const complaints = facts.flatMap((source) => complaint(name, source))
    if (complaints.length > 0) return complaints
    return [{ level: 'ok', message: numberOf(facts.length, 'directory', 'directories') }]
  },
}

async function factsOf(deps: DoctorDeps, path: string): Promise<SourceFacts> {
  const [kind, real] = await Promise.all([deps.files.kind(path), behindLink(deps, path)])
  const isReadable = kind !== undefined && (kind !== 'directory' || (await deps.files.isReadable(path)))
  const isEmpty = kind === 'directory' && isReadable && (await deps.files.isEmptyDirectory(path))
  return { path, isReadable, isEmpty, ...(kind && { kind }), ...(real !== undefined && { real }) }
}

function complaint(name: string, { path, kind, isReadable, isEmpty, real }: SourceFacts): Verdict[] {
  if (kind === undefined) {
    const hint = `is its disk mounted? gone for good: borgboi repo sources remove --name ${name} ${path}`
    return [{ level: 'error', message: `${path} does not exist`, hint }]
  }
  if (real !== undefined) {
    return [
      {
        level: 'error',
        message: `${path}: ${LINK}`,
        hint: `it leads to ${real}: mount that there instead, or: borgboi repo sources add --name ${name} ${real}`,
      },
    ]
  }
  if (!isReadable) return [{ level: 'error', message: `this user may not read ${path}`, hint: `ls -ld ${path}` }]
  return isEmpty ? [{ level: 'warning', message: `${path} is empty`, hint: 'is its disk mounted?' }] : []
}
