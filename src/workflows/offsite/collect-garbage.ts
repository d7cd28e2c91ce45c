// `s3 gc`: expires generations by the vault's policy, and deletes what has been expired, or needed by nobody, for long
// enough. What would be lost is worked out first and named.

import { parseRepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { formatBytes, numberOf } from '../../model/words.ts'
import type { CollectResult } from '../../replication/replication.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { requireSafeVault } from '../shared/open-vault.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type OffsiteDeps, type OffsiteTarget, withRepository } from './target.ts'

export interface CollectGarbageInput extends OffsiteTarget {
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export async function collectGarbage(deps: OffsiteDeps & RunDeps, input: CollectGarbageInput): Promise<RunReport> {
  return await withRepository(deps, input, async (repository) => {
    const { vault, borgId, config, label } = repository
    const name = parseRepoName(repository.name)
    const subject = { name, path: vault.url, sources: [] }
    const wanted = { borgId, policy: config.retention, graceMs: config.grace }
    return await performRun(deps, { record: subject, workflow: 's3 gc', exclusive: true }, async (run) => {
      await requireSafeVault(deps, repository)
      if (!input.dryRun) {
        const plan = await deps.replication.collect(vault, { ...wanted, dryRun: true }, {})
        const losses = lossesOf(plan)
        if (losses.length > 0) {
          const action = `collect what ${name} no longer needs in ${label}`
          await requireConfirmation(input.confirm, { action, consequences: losses })
        }
      }
      await run.step('collect', async (handlers) => {
        const result = await deps.replication.collect(vault, { ...wanted, dryRun: input.dryRun }, handlers)
        for (const reason of result.held) handlers.onWarning({ kind: 'off-site', message: reason })
        const { kept, expired, deletedGenerations, deletedObjects, freedBytes } = result
        return {
          value: undefined,
          figures: {
            kept: kept.length,
            expired: expired.length,
            removed: deletedGenerations.length,
            objects: deletedObjects,
            freedBytes,
          },
          detail: [input.dryRun ? 'would be' : '', ...lossesOf(result), waitingOf(result)].filter(Boolean).join(' · '),
        }
      })
    })
  })
}

function lossesOf({ expired, deletedGenerations, deletedObjects, freedBytes }: CollectResult): string[] {
  const list = (generations: readonly number[]) => generations.join(', ')
  return [
    ...(expired.length === 0 ? [] : [`expired: generation ${list(expired)}`]),
    ...(deletedGenerations.length === 0 ? [] : [`deleted for good: generation ${list(deletedGenerations)}`]),
    ...(deletedObjects === 0 ? [] : [`${numberOf(deletedObjects, 'object')} of ${formatBytes(freedBytes)}`]),
  ]
}

function waitingOf({ waiting }: CollectResult): string {
  return waiting.objects === 0 ? '' : `${numberOf(waiting.objects, 'object')} not for long enough yet`
}
