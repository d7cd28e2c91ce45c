// `backup check`: Borg's own consistency check. Damage fails the run with an exit code of its own.

import type { CheckOptions } from '../../borg/client.ts'
import { AppError } from '../../errors.ts'
import type { RunReport } from '../../model/run.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import type { BackupDeps } from './steps.ts'

export function checkRepos(deps: BackupDeps, input: ForEachInput & CheckOptions): Promise<readonly RunReport[]> {
  return forEachRepo(deps, input, { workflow: 'backup check', writes: false }, (run, { record, access }) =>
    run.step('check', async (handlers) => {
      const { damaged, problems } = await deps.borg.check(access, input, handlers)
      if (!damaged) return { value: undefined, detail: input.verifyData ? 'all data read and verified' : 'consistent' }
      throw new AppError('repository-damaged', `the repository at ${record.path} is damaged`, {
        reason: problems.at(-1) ?? 'borg check found damage',
        hint: 'do not prune or compact; copy the repository first, then see "borg check --repair" in Borg\'s manual',
        context: { problems },
      })
    }),
  )
}
