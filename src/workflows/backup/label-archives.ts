// `backup rename` and `backup comment`: what archives are called and what is noted about them. Both rewrite an archive's
// head under a new id; what is in it stays where it is.

import { AppError } from '../../errors.ts'
import { isHeld } from '../../model/held.ts'
import { parseArchiveName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { findArchive, findArchives, requireNotHeld } from '../shared/read-repository.ts'
import { recordLabel, renameAndRecord } from './labels.ts'
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
