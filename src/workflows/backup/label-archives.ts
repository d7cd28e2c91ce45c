// `backup rename` and `backup comment`: what archives are called and what is noted about them. Both rewrite an archive's
// head under a new id; what is in it stays where it is.

import { AppError } from '../../errors.ts'
import { isHeld } from '../../model/held.ts'
import { parseArchiveName } from '../../model/names.ts'
import { optional } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo, type RepoSession } from '../shared/for-each-repo.ts'
import { findArchive, findArchives, listOwnArchives, requireNotHeld } from '../shared/read-repository.ts'
import type { StepDone } from '../shared/run.ts'
import type { BackupDeps } from './steps.ts'

interface LabelInput extends Omit<ForEachInput, 'all' | 'jobs'> {
  /** A name, or `latest`. */
  readonly archive: string
}

/** An archive whose new name is not one of this repo's own is neither pruned any more nor the latest. */
export function renameArchive(
  deps: BackupDeps,
  input: LabelInput & { readonly newName: string },
): Promise<readonly RunReport[]> {
  const newName = parseArchiveName(input.newName)
  const problem = problemOf(newName)
  if (problem !== undefined) {
    throw new AppError('value-invalid', `cannot name an archive ${newName}`, {
      reason: problem,
      hint: 'choose another name',
    })
  }
  return forEachRepo(deps, input, { workflow: 'backup rename', writes: true }, async (run, session) => {
    const { record, access } = session
    const [archive = input.archive] = await findArchives(deps, record, access, [input.archive])
    requireNotHeld(record, [archive], 'rename the archive')
    await run.step('rename', () => renameAndRecord(deps, session, archive, newName))
  })
}

function problemOf(newName: string): string | undefined {
  if (newName === 'latest' || newName === 'previous') return 'the word stands for the newest archives'
  return isHeld(newName) ? 'that is how archives are called that are held; borgboi backup hold does it' : undefined
}

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

export function commentArchive(
  deps: BackupDeps,
  input: LabelInput & { readonly comment: string },
): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup comment', writes: true }, async (run, session) => {
    const archive = await findArchive(deps, session.record, session.access, input.archive)
    await run.step('comment', async () => {
      await deps.borg.comment(session.access, archive, input.comment)
      await recordLabel(deps, session, archive, archive)
      return { value: undefined, detail: archive }
    })
  })
}

/** The record follows when it is the last backup that changed. Whether the name is one of the repo's own. */
async function recordLabel(
  deps: BackupDeps,
  { record, access }: RepoSession,
  archive: string,
  name: string,
): Promise<boolean> {
  const own = await listOwnArchives(deps, record, access)
  const changed = own.find((candidate) => candidate.name === name)
  await deps.repos.update(record.name, (current) => {
    if (current.lastBackup?.archive !== archive) return current
    const { archiveId: _, ...lastBackup } = current.lastBackup
    return { ...current, lastBackup: { ...lastBackup, archive: name, ...optional('archiveId', changed?.id) } }
  })
  return changed !== undefined
}
