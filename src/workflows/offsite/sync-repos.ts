// `s3 sync`: makes the next generation of each repo in its vault. Killed at any moment, the next one goes on.

import type { Deps } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RunReport } from '../../model/run.ts'
import { type EachInput, forEachRecord } from '../shared/for-each-repo.ts'
import { type PushDeps, type PushInput, previewPush, pushGeneration } from '../shared/push-generation.ts'
import type { RunDeps } from '../shared/run.ts'
import { type AcceptInput, passUpheaval, warnOfUpheaval } from '../shared/upheaval.ts'

const SYNC = 's3 sync'

export interface SyncInput extends EachInput, PushInput, AcceptInput {
  readonly dryRun: boolean
}

export async function syncRepos(
  deps: PushDeps & RunDeps & Pick<Deps, 'repos' | 'hooks'>,
  input: SyncInput,
): Promise<readonly RunReport[]> {
  if (input.all && input.mirror !== undefined) throw severalMirrors()
  return await forEachRecord(
    deps,
    input,
    { workflow: SYNC, writes: true, hooks: !input.dryRun },
    async (run, record) => {
      if (input.all && input.vault === undefined && record.vault === undefined) {
        return run.skip('off-site', 'no vault was chosen for it')
      }
      if (!input.dryRun) await passUpheaval(deps, run, record, SYNC, input)
      await run.step('off-site', async (handlers) => {
        if (!input.dryRun) return await pushGeneration(deps, record, input, handlers)
        await warnOfUpheaval(deps, record, input, handlers)
        return await previewPush(deps, record, input)
      })
    },
  )
}

function severalMirrors(): AppError {
  return new AppError('usage-invalid', '--mirror is of one repo', {
    reason: 'it was given together with --all',
    hint: 'copy each repo by itself: borgboi s3 sync --name NAME --mirror s3://BUCKET/NAME',
  })
}
