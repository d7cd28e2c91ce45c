// `backup delete`: removes named archives for good, after a confirmation that names them.

import { AppError } from '../../errors.ts'
import { parseArchiveName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { addReclaimable, type BackupDeps } from './steps.ts'

export interface DeleteArchivesInput extends Omit<ForEachInput, 'all' | 'jobs'> {
  readonly archives: readonly string[]
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export function deleteArchives(deps: BackupDeps, input: DeleteArchivesInput): Promise<readonly RunReport[]> {
  const wanted = input.archives.map(parseArchiveName)
  return forEachRepo(deps, input, { workflow: 'backup delete', writes: true }, async (run, { record, access }) => {
    // Borg 1.x only warns about names it does not find; nothing may be deleted on a mistyped list.
    const there = new Set((await deps.borg.list(access)).map((archive) => archive.name))
    const missing = wanted.filter((name) => !there.has(name))
    if (missing.length > 0) {
      throw new AppError('archive-unknown', `did not delete ${wanted.length === 1 ? 'the archive' : 'any archive'}`, {
        reason: `${record.name} has no archive ${missing.join(', ')}`,
        hint: `list what there is with: borgboi backup list --name ${record.name}`,
      })
    }
    if (!input.dryRun) {
      await requireConfirmation(input.confirm, {
        action: `delete ${numberOf(wanted.length, 'archive')} of ${record.name}`,
        consequences: wanted.map((name) => `${name} and every file version that only it holds`),
      })
    }
    await run.step('delete archives', async () => {
      const { reclaimableBytes } = await deps.borg.deleteArchives(access, { archives: wanted, dryRun: input.dryRun })
      if (!input.dryRun) await addReclaimable(deps, record, reclaimableBytes)
      const names = wanted.join(', ')
      return {
        value: undefined,
        figures: { removed: wanted.length },
        detail: input.dryRun ? `would delete ${names}` : names,
      }
    })
  })
}
