// `s3 delete`: deletes everything of one repository from its vault, after a confirmation that names what is lost. The
// repository on this machine is not touched.

import { AppError } from '../../errors.ts'
import { parseRepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { formatBytes, numberOf } from '../../model/words.ts'
import type { VaultStats } from '../../replication/replication.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type OffsiteDeps, type OffsiteRepository, type OffsiteTarget, withRepository } from './target.ts'

export interface DeleteCopyInput extends OffsiteTarget {
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export async function deleteCopy(deps: OffsiteDeps & RunDeps, input: DeleteCopyInput): Promise<RunReport> {
  return await withRepository(deps, input, async (repository) => {
    const { vault, borgId } = repository
    const name = parseRepoName(repository.name)
    const subject = { name, path: vault.url, sources: [] }
    return await performRun(deps, { record: subject, workflow: 's3 delete', exclusive: true }, async (run) => {
      const stats = await deps.replication.stats(vault, borgId)
      const losses = lossesOf(stats, repository)
      const { generations, objects, bytes } = stats
      const figures = { generations, objects, bytes }
      if (input.dryRun) {
        await run.step('delete', async () => ({ value: undefined, figures, detail: 'would be deleted' }))
        return
      }
      const action = `delete ${name} from ${repository.label}`
      await requireConfirmation(input.confirm, { action, consequences: losses })
      await run.step('delete', async (handlers) => {
        const refused = await deps.replication.erase(vault, borgId, handlers)
        if (refused.length > 0) throw notAllDeleted(refused)
        return { value: undefined, figures }
      })
    })
  })
}

function lossesOf({ generations, objects, bytes }: VaultStats, { vault, record }: OffsiteRepository): string[] {
  const what = `${numberOf(generations, 'generation')}, ${numberOf(objects, 'object')}, ${formatBytes(bytes)}`
  return [
    `everything of it in ${vault.url}: ${what}, for good`,
    ...(record === undefined
      ? ['there is no repository of it on this machine: this may be the last copy']
      : [`the repository at ${record.path} stays`]),
    ...(record?.vault === undefined || record.readOnly
      ? []
      : [`the next daily backup copies it anew, unless: borgboi vault use --none --name ${record.name}`]),
  ]
}

function notAllDeleted(refused: readonly { readonly key: string; readonly reason: string }[]): AppError {
  return new AppError('vault-denied', `${numberOf(refused.length, 'object')} could not be deleted`, {
    reason: `${refused[0]?.key}: ${refused[0]?.reason}`,
    hint: 'objects under a lock go when it ends: run the same command again then',
    context: { keys: refused.map(({ key }) => key) },
  })
}
