// `backup delete`: removes named archives, after a confirmation that names them.

import { parseArchiveName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { findArchives, requireNotHeld } from '../shared/read-repository.ts'
import { recordRemoval } from './removal.ts'
import type { BackupDeps } from './steps.ts'

export interface DeleteArchivesInput extends Omit<ForEachInput, 'all' | 'jobs'> {
  readonly archives: readonly string[]
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export function deleteArchives(deps: BackupDeps, input: DeleteArchivesInput): Promise<readonly RunReport[]> {
  // Before anything is opened.
  for (const archive of input.archives) parseArchiveName(archive)
  return forEachRepo(deps, input, { workflow: 'backup delete', writes: true }, async (run, { record, access }) => {
    // Borg 1.x itself only warns about names it does not find.
    const wanted = await findArchives(deps, record, access, input.archives)
    requireNotHeld(record, wanted, `delete ${wanted.length === 1 ? 'the archive' : 'any archive'}`)
    if (!input.dryRun) {
      await requireConfirmation(input.confirm, {
        action: `delete ${numberOf(wanted.length, 'archive')} of ${record.name}`,
        consequences: wanted.map((name) => `${name} and every file version that only it holds`),
      })
    }
    await run.step('delete archives', async () => {
      const { dryRun } = input
      const remove = async () => {
        const result = await deps.borg.deleteArchives(access, { archives: wanted, dryRun })
        return { ...result, archives: wanted }
      }
      await (dryRun ? remove() : recordRemoval(deps, record, remove))
      const names = wanted.join(', ')
      return {
        value: undefined,
        figures: { removed: wanted.length },
        detail: input.dryRun ? `would delete ${names}` : names,
      }
    })
  })
}
