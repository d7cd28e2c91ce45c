// `backup check`: Borg's own consistency check. Damage fails the run with an exit code of its own, unless it is repaired.

import type { CheckOptions } from '../../borg/client.ts'
import { AppError } from '../../errors.ts'
import type { RunReport } from '../../model/run.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { type ForEachInput, forEachRepo } from '../shared/for-each-repo.ts'
import { type EvidenceDeps, keepEvidence } from '../shared/keep-evidence.ts'
import type { BackupDeps } from './steps.ts'

export interface CheckInput extends ForEachInput, Pick<CheckOptions, 'verifyData' | 'scope'> {
  /** In milliseconds. */
  readonly maxDuration?: number | undefined
  readonly repair: boolean
  /** Only checks where it would repair. */
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export function checkRepos(deps: BackupDeps & EvidenceDeps, input: CheckInput): Promise<readonly RunReport[]> {
  requireConsistent(input)
  const { verifyData, scope, maxDuration } = input
  const repair = input.repair && !input.dryRun
  const maxSeconds = maxDuration === undefined ? undefined : Math.max(1, Math.round(maxDuration / 1000))
  return forEachRepo(deps, input, { workflow: 'backup check', writes: repair }, async (run, { record, access }) => {
    if (repair) {
      await requireConfirmation(input.confirm, {
        action: `repair the repository of ${record.name} at ${record.path}`,
        consequences: [
          'files whose data is lost get zeroes in its place, in every archive that has them',
          'archives that cannot be read, or that Borg takes for forged (CVE-2023-36811), are removed for good',
          'what is changed cannot be changed back: copy the repository first, or have its generations in a vault',
        ],
      })
    }
    await run.step(repair ? 'repair' : 'check', async (handlers) => {
      const options = { verifyData, scope, repair, maxSeconds }
      const { damaged, problems } = await deps.borg.check(access, options, handlers)
      // Of a part, a good end proves nothing; damage is damage.
      const isWhole = scope !== 'archives' && maxSeconds === undefined && !repair
      if (damaged || isWhole) {
        await keepEvidence(deps, record, { check: { result: damaged ? 'damaged' : 'good' } }, handlers)
      }
      if (damaged) throw toDamage(record.name, record.path, problems)
      if (!repair) return { value: undefined, detail: checkedInWords(input) }
      for (const message of problems) handlers.onWarning({ kind: 'borg', message })
      const detail = problems.length === 0 ? 'nothing to repair' : 'repaired: check again, and look at what was lost'
      return { value: undefined, detail }
    })
  })
}

/** Borg says so too, but in the words of its own options. */
function requireConsistent({ verifyData, scope, maxDuration, repair }: CheckInput): void {
  const problem =
    maxDuration !== undefined && (scope !== 'repository' || repair)
      ? '--max-duration works only with --only repository and without --repair'
      : verifyData && scope === 'repository'
        ? '--verify-data reads archives, --only repository leaves them out'
        : undefined
  if (problem === undefined) return
  throw new AppError('usage-invalid', 'cannot check like that', { reason: problem, hint: 'leave one of them out' })
}

function checkedInWords({ verifyData, maxDuration }: CheckInput): string {
  if (maxDuration !== undefined) return 'consistent as far as the time allowed'
  return verifyData ? 'all data read and verified' : 'consistent'
}

function toDamage(name: string, path: string, problems: readonly string[]): AppError {
  return new AppError('repository-damaged', `the repository at ${path} is damaged`, {
    reason: problems.at(-1) ?? 'borg check found damage',
    hint: `do not prune or compact; copy the repository first, then: borgboi backup check --repair --name ${name}`,
    context: { problems },
  })
}
