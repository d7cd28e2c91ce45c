// `s3 promote`: a copy that was only read from becomes the repository that is written to. The machine that wrote before
// is fenced off in the vault and the repository's counter is raised; both are done before the record says so.

import { parseVaultName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { RunReport } from '../../model/run.ts'
import { isVaultUrl } from '../../model/vault-url.ts'
import { requireSafeVault } from '../shared/open-vault.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type OffsiteDeps, type OffsiteTarget, withRecorded } from './target.ts'

/** The last part of a replica's repository: `s3 pull` flips it. */
const CURRENT = /\/current$/

export async function promoteReplica(deps: OffsiteDeps & RunDeps, input: OffsiteTarget): Promise<RunReport> {
  return await withRecorded(deps, input, async (opened, record) => {
    const { name, borgId, path } = record
    return await performRun(deps, { record, workflow: 's3 promote', exclusive: true }, async (run) => {
      await requireSafeVault(deps, opened)
      await run.step('promote', async (handlers) => {
        const replica = { borgId, directory: path.replace(CURRENT, '') }
        const { repository, seq } = await deps.replication.promote(opened.vault, replica, handlers)
        await deps.repos.update(name, ({ readOnly: _copy, ...rest }): RepoRecord => {
          return {
            ...rest,
            path: repository,
            ...(isVaultUrl(opened.label) ? {} : { vault: parseVaultName(opened.label) }),
          }
        })
        return { value: undefined, figures: { generation: seq }, detail: `${repository} is the one to back up into` }
      })
    })
  })
}
