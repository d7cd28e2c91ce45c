// `s3 promote`: a copy that was only read from becomes the repository that is written to. The machine that wrote before
// is fenced off in the vault, the repository's counter is raised, and Borg here is told to accept it; all of that is done
// before the record says so.

import type { Deps } from '../../deps.ts'
import { parseVaultName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { isVaultUrl } from '../../model/vault-url.ts'
import { forgetCopy } from '../shared/open-repository.ts'
import { requireSafeVault } from '../shared/open-vault.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { requireNoOtherWriter } from './register.ts'
import { acceptTakenOver } from './takeover.ts'
import { type OffsiteDeps, type OffsiteTarget, withRecorded } from './target.ts'

/** The last part of a replica's repository: `s3 pull` flips it. */
const CURRENT = /\/current$/

export async function promoteReplica(
  deps: OffsiteDeps & RunDeps & Pick<Deps, 'borg' | 'files'>,
  input: OffsiteTarget,
): Promise<RunReport> {
  return await withRecorded(deps, input, async (opened, record) => {
    const { name, borgId, path, encryption, readOnly } = record
    if (readOnly) await requireNoOtherWriter(deps, borgId, `cannot make ${name} the repo to back up into`)
    return await performRun(deps, { record, workflow: 's3 promote', exclusive: true }, async (run) => {
      const { conditionalWrites } = await requireSafeVault(deps, opened)
      await run.step('promote', async (handlers) => {
        const replica = { borgId, directory: path.replace(CURRENT, ''), conditionalWrites }
        const { repository, seq } = await deps.replication.promote(opened.vault, replica, handlers)
        // One that was fenced off is as Borg here left it.
        if (readOnly) await acceptTakenOver(deps, { borgId, path: repository, encryption })
        await deps.repos.update(name, ({ readOnly: _copy, ...rest }): RepoRecord => {
          return {
            ...rest,
            path: repository,
            ...(isVaultUrl(opened.label) ? {} : { vault: parseVaultName(opened.label) }),
          }
        })
        if (readOnly) await forgetCopy(deps, name)
        return { value: undefined, figures: { generation: seq }, detail: `${repository} is the one to back up into` }
      })
    })
  })
}
