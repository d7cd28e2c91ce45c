// `s3 verify`: proves what a vault holds, by levels. 1 to 3 look at objects; 4 restores a generation into a scratch
// directory and lets Borg check it there, with a home of its own so that Borg here learns nothing of the copy.

import type { Deps, PassphraseInput } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseRepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { numberOf } from '../../model/words.ts'
import type { VerifyInput, VerifyLevel } from '../../replication/replication.ts'
import type { EvidenceDeps } from '../shared/keep-evidence.ts'
import { performRun, type Run, type RunDeps } from '../shared/run.ts'
import { checkRestored } from './restored.ts'
import { type OffsiteDeps, type OffsiteRepository, type OffsiteTarget, withRepository } from './target.ts'
import { damagedCopy, figuresOf, keepProof, tellDamage } from './verification.ts'

export type VerifyDeps = OffsiteDeps & RunDeps & EvidenceDeps & Pick<Deps, 'borg' | 'passphrases' | 'files' | 'kits'>

export interface VerifyCopyInput extends OffsiteTarget {
  readonly level: Exclude<VerifyLevel, 0>
  readonly sample?: VerifyInput['sample']
  readonly generation?: number | undefined
  /** Level 4: where the scratch directory goes; it needs the repository's size. Absolute; absent: `workingDirectory`. */
  readonly scratch?: string | undefined
  readonly workingDirectory: string
  /** Level 4: also read and verify all data, for which the passphrase is needed. */
  readonly verifyData: boolean
  readonly passphrase: PassphraseInput
}

/** @throws AppError only where no repository can be meant; damage is in the report, with exit code 13 */
export async function verifyCopy(deps: VerifyDeps, input: VerifyCopyInput): Promise<RunReport> {
  requireConsistent(input)
  return await withRepository(deps, input, async (repository) => {
    const name = parseRepoName(repository.name)
    const subject = { name, path: repository.vault.url, sources: [] }
    return await performRun(deps, { record: subject, workflow: 's3 verify', exclusive: false }, async (run) => {
      if (input.level === 4)
        await checkRestored(deps, run, repository, { ...input, name, scratch: input.scratch ?? input.workingDirectory })
      else await verifyObjects(deps, run, repository, { ...input, level: input.level })
    })
  })
}

function requireConsistent({ level, sample, scratch, verifyData }: VerifyCopyInput): void {
  const useless = [
    ...(sample !== undefined && level !== 2 && level !== 3 ? ['--sample'] : []),
    ...(scratch !== undefined && level !== 4 ? ['--scratch'] : []),
    ...(verifyData && level !== 4 ? ['--verify-data'] : []),
  ]
  if (useless.length === 0) return
  throw new AppError('usage-invalid', `${useless.join(' and ')} cannot be used at level ${level}`, {
    reason: 'a sample is of levels 2 and 3; what is restored and read whole is of level 4',
    hint: 'choose another --level, or leave it out',
  })
}

async function verifyObjects(
  deps: VerifyDeps,
  run: Run,
  repository: OffsiteRepository,
  { level, sample, generation }: Omit<VerifyInput, 'borgId'>,
): Promise<void> {
  await run.step('verify', async (handlers) => {
    const { vault, borgId, vaultAsOf } = repository
    const record = vaultAsOf === undefined
    const result = await deps.replication.verify(vault, { borgId, level, sample, generation, record }, handlers)
    tellDamage(result.damaged, handlers)
    const isDamaged = result.damaged.length > 0
    // Of a part, a good end proves nothing; damage is damage.
    if (isDamaged || (sample === undefined && generation === undefined)) {
      const newest = Math.max(...result.generations)
      await keepProof(deps, repository, { result: isDamaged ? 'damaged' : 'good', level, generation: newest }, handlers)
    }
    if (isDamaged) throw damagedCopy(result.damaged, vaultAsOf)
    const { unreferenced } = result
    const unneeded =
      unreferenced.objects === 0 ? '' : ` · ${numberOf(unreferenced.objects, 'object')} nobody needs, for s3 gc`
    return {
      value: undefined,
      figures: { generations: result.generations.length, ...figuresOf(result) },
      detail: `V${level}${unneeded}`,
    }
  })
}
