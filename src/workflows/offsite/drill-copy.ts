// `s3 drill`: tries a restore with nothing but the vault and the passphrase, or a kit, as on the day this machine is gone. A
// generation comes back whole into a scratch directory, and files of an archive out of that, by a Borg with a home of
// its own. Where this machine has a record of the repo, its source is compared with, and what was proved is kept.

import type { RepositoryAccess } from '../../borg/client.ts'
import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import { parseArchiveName, parseRepoName } from '../../model/names.ts'
import type { RunReport } from '../../model/run.ts'
import { type DrillDeps, type DrillOptions, drillArchive, type KeepDrill } from '../shared/drill-archive.ts'
import { keepEvidence } from '../shared/keep-evidence.ts'
import { type KitChoice, readKit, requirePassphrase } from '../shared/recovery-kit.ts'
import { performRun, type RunDeps } from '../shared/run.ts'
import { type RestoredDeps, type RestoredInput, withRestored } from './restored.ts'
import { type OffsiteRepository, type OffsiteTarget, targetOfKit, withRepository } from './target.ts'

export type DrillCopyDeps = RunDeps & RestoredDeps & DrillDeps

export interface DrillCopyInput extends OffsiteTarget, DrillOptions, Pick<RestoredInput, 'generation' | 'passphrase'> {
  /** A name, or `latest`. */
  readonly archive: string
  /** To open it with, and with nothing of this machine. */
  readonly kit?: KitChoice | undefined
}

/** @throws AppError only where no repository can be meant; damage is in the report, with exit code 13 */
export async function drillCopy(deps: DrillCopyDeps, input: DrillCopyInput): Promise<RunReport> {
  const kit = input.kit === undefined ? undefined : await readKit(deps, { ...input, ...input.kit })
  if (kit !== undefined) requirePassphrase(kit.kit, kit.passphrase)
  const act = async (repository: OffsiteRepository) => {
    const { vault, borgId, record } = repository
    const name = parseRepoName(repository.name)
    const subject = { name, path: vault.url, sources: [] }
    const kept = record && (await deps.evidence.read(record.name))
    const canary = kept?.canary?.repoId === borgId ? kept.canary : undefined
    return await performRun(deps, { record: subject, workflow: 's3 drill', exclusive: false }, async (run) => {
      await withRestored(deps, run, repository, { ...input, name, kit, opens: true }, async ({ access, seq }) => {
        const archive = await findCopied(deps, access, input.archive)
        const keep: KeepDrill = (found, handlers) => keepDrill(deps, repository, seq, input, found, handlers)
        await drillArchive(deps, run, { access, archive, record, canary }, input, keep)
      })
    })
  }
  return await withRepository(deps, targetOfKit(input, kit), act, kit)
}

/** In the vault for everyone; for status here where it is of the newest generation, or found damage. */
async function keepDrill(
  deps: DrillCopyDeps,
  { vault, borgId, record, label, vaultAsOf }: OffsiteRepository,
  generation: number,
  input: DrillCopyInput,
  { drill, canary }: Parameters<KeepDrill>[0],
  handlers: StepHandlers,
): Promise<string> {
  if (vaultAsOf !== undefined) return 'nowhere: it was of the vault as it was'
  if (drill.result === 'good') await deps.replication.recordRestoreTest(vault, borgId, generation)
  const isOfNow = drill.result === 'damaged' || input.generation === undefined
  if (record?.vault !== label || !isOfNow) return 'in the vault, as V4'
  const of = { vault: label, generation }
  const verification = { result: drill.result, level: 4, ...of }
  await keepEvidence(
    deps,
    record,
    { offsiteDrill: { ...drill, ...of }, verification, ...(canary && { canary }) },
    handlers,
  )
  return 'shown by borgboi status, and in the vault as V4'
}

/** How archives were named there nobody has to know here. */
async function findCopied(deps: DrillCopyDeps, access: RepositoryAccess, archive: string): Promise<string> {
  if (archive !== 'latest') return parseArchiveName(archive)
  const [newest] = await deps.borg.list(access, { last: 1 })
  if (newest !== undefined) return newest.name
  throw new AppError('archive-unknown', 'there is no archive in the copy', {
    reason: 'nothing was backed up before it was made',
    hint: 'choose a newer generation, or make a backup first',
  })
}
