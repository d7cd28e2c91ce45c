// A generation that is restored into a scratch directory, to be looked at there by Borg with a home of its own: Borg here
// learns nothing of it. Nothing of it stays, whatever comes of it.

import { join } from 'node:path'
import type { RepositoryAccess } from '../../borg/client.ts'
import type { Deps, PassphraseInput, ResolvedPassphrase } from '../../deps.ts'
import { AppError, EXIT } from '../../errors.ts'
import type { RepoName } from '../../model/names.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { EvidenceDeps } from '../shared/keep-evidence.ts'
import { accessTo } from '../shared/open-repository.ts'
import { type KitAtHand, openWithKit } from '../shared/recovery-kit.ts'
import type { Run } from '../shared/run.ts'
import type { OffsiteDeps, OffsiteRepository } from './target.ts'
import { keepProof } from './verification.ts'

export type RestoredDeps = OffsiteDeps & EvidenceDeps & Pick<Deps, 'borg' | 'passphrases' | 'files' | 'kits'>

export interface RestoredInput {
  readonly name: RepoName
  /** Absent: the newest. */
  readonly generation?: number | undefined
  /** Where the scratch directory goes; it needs the repository's size. Absolute. */
  readonly scratch: string
  readonly passphrase: PassphraseInput
  /** To open it with, and with nothing that this user's Borg or borgboi knows. */
  readonly kit?: KitAtHand | undefined
}

export interface Restored {
  readonly access: RepositoryAccess
  readonly seq: number
}

/** `opens`: whether Borg is to decrypt what is in it, for which the passphrase is needed. */
export async function withRestored<T>(
  deps: RestoredDeps,
  run: Run,
  repository: OffsiteRepository,
  input: RestoredInput & { readonly opens: boolean },
  act: (restored: Restored) => Promise<T>,
): Promise<T> {
  const { vault, borgId, record } = repository
  const passphrase = await passphraseFor(deps, record, input)
  const scratch = await deps.files.makeStaging(input.scratch)
  try {
    const directory = join(scratch, 'repository')
    const seq = await run.step('restore', async (handlers) => {
      const choice = { borgId, directory, generation: input.generation, writable: false }
      try {
        const { manifest, files, bytes, fetchedBytes } = await deps.replication.restore(vault, choice, handlers)
        return { value: manifest.seq, figures: { generation: manifest.seq, files, bytes, fetchedBytes } }
      } catch (error) {
        const isDamage = error instanceof AppError && error.exitCode === EXIT.damage
        if (isDamage) await keepProof(deps, repository, { result: 'damaged', level: 4 }, handlers)
        throw error
      }
    })
    const apart = { trustLocation: true, baseDirectory: join(scratch, 'borg') }
    const access = { ...(await accessTo(deps, directory, passphrase)), ...apart }
    const { kit } = input
    if (kit === undefined) return await act({ access, seq })
    const withKit = { ...access, keysDirectory: join(scratch, 'keys') }
    await run.step('open with kit', async (handlers) => {
      return { value: undefined, detail: await openWithKit(deps, withKit, kit, scratch, handlers) }
    })
    return await act({ access: withKit, seq })
  } finally {
    await deps.files.removeTree(scratch)
  }
}

async function passphraseFor(
  { passphrases }: RestoredDeps,
  record: RepoRecord | undefined,
  { name, opens, passphrase, kit }: RestoredInput & { readonly opens: boolean },
): Promise<ResolvedPassphrase | undefined> {
  if (kit !== undefined) return kit.passphrase
  if (!opens || record?.encryption === 'none') return undefined
  return await passphrases.resolveExisting(record ?? { name }, passphrase)
}

/** The deepest verification: Borg checks what was restored. */
export async function checkRestored(
  deps: RestoredDeps,
  run: Run,
  repository: OffsiteRepository,
  input: RestoredInput & { readonly verifyData: boolean },
): Promise<void> {
  const { vault, borgId, vaultAsOf } = repository
  const seq = await withRestored(deps, run, repository, { ...input, opens: input.verifyData }, async (restored) => {
    await run.step('check', async (handlers) => {
      // The archives' part decrypts; without the passphrase Borg can still check every segment and chunk.
      const scope = restored.access.passphrase === undefined ? 'repository' : 'all'
      const options = { verifyData: input.verifyData, scope } as const
      const { damaged, problems } = await deps.borg.check(restored.access, options, handlers)
      if (damaged || input.generation === undefined) {
        const proof = { result: damaged ? 'damaged' : 'good', level: 4, generation: restored.seq } as const
        await keepProof(deps, repository, proof, handlers)
      }
      if (damaged) throw brokenCopy(restored.seq, problems)
      return { value: undefined, detail: input.verifyData ? 'all data read and verified' : 'consistent' }
    })
    return restored.seq
  })
  if (vaultAsOf === undefined) await deps.replication.recordRestoreTest(vault, borgId, seq)
}

function brokenCopy(seq: number, problems: readonly string[]): AppError {
  return new AppError('repository-damaged', `generation ${seq} was restored, but Borg finds it damaged`, {
    reason: problems.at(-1) ?? 'borg check found damage',
    hint: 'check the repository it was copied from with: borgboi backup check; and an older one with --generation',
    context: { problems },
  })
}
