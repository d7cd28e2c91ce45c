// What changes with the name or the comment of an archive besides: the record of the last backup, and of an upheaval.

import { optional } from '../../model/repo.ts'
import { renamedIn } from '../../model/upheaval.ts'
import type { RepoSession } from '../shared/for-each-repo.ts'
import { listOwnArchives } from '../shared/read-repository.ts'
import type { StepDone } from '../shared/run.ts'
import type { BackupDeps } from './steps.ts'

export async function renameAndRecord(
  deps: BackupDeps,
  session: RepoSession,
  archive: string,
  newName: string,
): Promise<StepDone<undefined>> {
  await deps.borg.rename(session.access, archive, newName)
  const isOwn = await recordLabel(deps, session, archive, newName)
  const outside = isOwn ? '' : '; prune and latest look only at names like the old ones, not at this one'
  return { value: undefined, detail: `${archive} → ${newName}${outside}` }
}

/** The record follows when it is the last backup that changed, or one of an upheaval. Whether the name is one of the repo's own. */
export async function recordLabel(
  deps: BackupDeps,
  { record, access }: RepoSession,
  archive: string,
  name: string,
): Promise<boolean> {
  const own = await listOwnArchives(deps, record, access)
  const changed = own.find((candidate) => candidate.name === name)
  await deps.repos.update(record.name, ({ upheaval, ...rest }) => {
    const current = { ...rest, ...optional('upheaval', upheaval && renamedIn(upheaval, archive, name)) }
    if (current.lastBackup?.archive !== archive) return current
    const { archiveId: _, ...lastBackup } = current.lastBackup
    return { ...current, lastBackup: { ...lastBackup, archive: name, ...optional('archiveId', changed?.id) } }
  })
  return changed !== undefined
}
