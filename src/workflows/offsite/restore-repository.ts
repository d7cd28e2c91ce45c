// `s3 restore`: a repository comes back from its vault, on a machine that needs nothing of it but the vault's address.
// Order: everything is checked; the generation is downloaded, verified and put in place by one rename; its record is
// written. Cut off in between, the directory is complete or not there, and the same command goes on.

import type { PassphraseInput } from '../../deps.ts'
import { parseRepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import type { GenerationChoice } from '../../replication/replication.ts'
import { requireSafeVault, type VaultChoice, withVault } from '../shared/open-vault.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type RegisterDeps, recordCopy, requireUnrecorded } from './register.ts'
import { type OffsiteDeps, pickRepository } from './target.ts'

export type RestoreRepositoryDeps = OffsiteDeps & RunDeps & RegisterDeps

export interface RestoreRepositoryInput extends VaultChoice, GenerationChoice {
  /** Absolute. */
  readonly directory: string
  /** In the vault: a name or the beginning of an id; not needed when there is one repository only. */
  readonly name?: string | undefined
  /** What it is called here; absent: as in the vault. */
  readonly recordAs?: string | undefined
  readonly writable: boolean
  readonly register: boolean
  readonly passphrase: PassphraseInput
}

export async function restoreRepository(
  deps: RestoreRepositoryDeps,
  input: RestoreRepositoryInput,
): Promise<RunReport> {
  return await withVault(deps, input, async (opened) => {
    const { vault, label } = opened
    const { directory, writable } = input
    if (writable) await requireSafeVault(deps, opened)
    const { borgId, name: nameThere } = await pickRepository(deps, opened, input.name)
    const name = parseRepoName(input.recordAs ?? nameThere)
    if (input.register) await requireUnrecorded(deps, { name, path: directory, borgId })

    const subject = { name, path: directory, sources: [vault.url] }
    return await performRun(deps, { record: subject, workflow: 's3 restore', exclusive: true }, async (run) => {
      await run.step('restore', async (handlers) => {
        const result = await deps.replication.restore(vault, { ...input, borgId }, handlers)
        for (const path of result.dropped) {
          handlers.onWarning({
            kind: 'off-site',
            message: `${path} was damaged and left out: Borg makes it anew`,
            path,
          })
        }
        const { files, bytes, fetchedBytes, manifest } = result
        return {
          value: undefined,
          figures: { generation: manifest.seq, files, bytes, fetchedBytes },
          detail: `of ${manifest.createdAt} → ${directory}`,
        }
      })
      if (!input.register) return
      await recordCopy(deps, run, { ...input, name, borgId, path: directory, vault: label, readOnly: !writable })
    })
  })
}
