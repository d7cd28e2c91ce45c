// The deepest verification: a generation is restored into a scratch directory and checked there by Borg. Nothing of it
// stays, whatever comes of it.

import { join } from 'node:path'
import type { Deps, PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import { accessTo } from '../shared/open-repository.ts'
import type { Run } from '../shared/run.ts'
import type { OffsiteDeps, OffsiteRepository } from './target.ts'

type DrillDeps = OffsiteDeps & Pick<Deps, 'borg' | 'passphrases' | 'files'>

export interface DrillInput {
  readonly name: RepoName
  readonly generation?: number | undefined
  readonly scratch: string
  readonly verifyData: boolean
  readonly passphrase: PassphraseInput
}

export async function checkRestored(
  deps: DrillDeps,
  run: Run,
  repository: OffsiteRepository,
  input: DrillInput,
): Promise<void> {
  const { vault, borgId, record, vaultAsOf } = repository
  const passphrase = input.verifyData
    ? await deps.passphrases.resolveExisting(record ?? { name: input.name }, input.passphrase)
    : undefined
  const scratch = await deps.files.makeStaging(input.scratch)
  try {
    const directory = join(scratch, 'repository')
    const seq = await run.step('restore', async (handlers) => {
      const choice = { borgId, directory, generation: input.generation, writable: false }
      const { manifest, files, bytes, fetchedBytes } = await deps.replication.restore(vault, choice, handlers)
      return { value: manifest.seq, figures: { generation: manifest.seq, files, bytes, fetchedBytes } }
    })
    await run.step('check', async (handlers) => {
      const access = {
        ...(await accessTo(deps, directory, passphrase)),
        trustLocation: true,
        baseDirectory: join(scratch, 'borg'),
      }
      // The archives' part decrypts; without the passphrase Borg can still check every segment and chunk.
      const scope = passphrase === undefined ? 'repository' : 'all'
      const { damaged, problems } = await deps.borg.check(access, { verifyData: input.verifyData, scope }, handlers)
      if (damaged) throw brokenCopy(seq, problems)
      return { value: undefined, detail: input.verifyData ? 'all data read and verified' : 'consistent' }
    })
    if (vaultAsOf === undefined) await deps.replication.recordRestoreTest(vault, borgId, seq)
  } finally {
    await deps.files.removeTree(scratch)
  }
}

function brokenCopy(seq: number, problems: readonly string[]): AppError {
  return new AppError('repository-damaged', `generation ${seq} was restored, but Borg finds it damaged`, {
    reason: problems.at(-1) ?? 'borg check found damage',
    hint: 'check the repository it was copied from with: borgboi backup check; and an older one with --generation',
    context: { problems },
  })
}
