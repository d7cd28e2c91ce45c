// Copying a repo to its vault: what `s3 sync` does and the last step of `backup daily`. Needs no passphrase.

import type { Deps, VaultProbe } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { PushOptions, PushPlan, PushResult } from '../../replication/replication.ts'
import { requireLocal } from './choose-vault.ts'
import { type OpenVault, requireSafeVault, type VaultChoice, type VaultDeps, withVault } from './open-vault.ts'
import type { StepDone } from './run.ts'

export type PushDeps = VaultDeps & Pick<Deps, 'replication'>

export interface PushInput {
  /** A name or an address; absent: the record's own. */
  readonly vault?: string | undefined
  /** A person has said that a loss of most of the repository is meant. */
  readonly acceptLoss?: boolean | undefined
}

export async function pushGeneration(
  deps: PushDeps,
  record: RepoRecord,
  input: PushInput,
  handlers: StepHandlers,
): Promise<StepDone<undefined>> {
  return await withVault(deps, vaultOf(record, input), async (opened) => {
    requireLocal(record.path)
    const probe = await requireSafeVault(deps, opened)
    const options = await optionsOf(deps, opened, input, probe)
    return toDone(await deps.replication.push(opened.vault, repositoryOf(record), options, handlers))
  })
}

/** What a push would do; nothing is written. */
export async function previewPush(deps: PushDeps, record: RepoRecord, input: PushInput): Promise<StepDone<undefined>> {
  return await withVault(deps, vaultOf(record, input), async (opened) => {
    requireLocal(record.path)
    const options = await optionsOf(deps, opened, input, await deps.vaults.lastProbe(opened.settings))
    return toPreview(await deps.replication.planPush(opened.vault, repositoryOf(record), options))
  })
}

/** @throws AppError `usage-invalid` for a repo that is copied nowhere */
function vaultOf(record: RepoRecord, { vault = record.vault }: PushInput): VaultChoice {
  if (vault !== undefined) return { vault }
  throw new AppError('usage-invalid', `cannot copy ${record.name} off-site`, {
    reason: 'no vault was chosen for it',
    hint: `choose one with: borgboi vault use NAME --name ${record.name}`,
  })
}

function repositoryOf({ path, borgId, name }: RepoRecord) {
  return { directory: path, borgId, name }
}

/** Without a probe: nothing is written, and what the vault keeps does not matter. */
async function optionsOf(
  deps: PushDeps,
  { config }: OpenVault,
  { acceptLoss = false }: PushInput,
  probe: VaultProbe | undefined,
): Promise<PushOptions> {
  const { borg } = await deps.config.load()
  return {
    lockWaitMs: borg.lock_wait,
    auxMaxBytes: config.upload_index_max,
    conditionalWrites: probe?.conditionalWrites ?? true,
    singleWriter: config.single_writer,
    acceptLoss,
  }
}

function toDone({ outcome, seq, objects, bytes }: PushResult): StepDone<undefined> {
  const generation = { value: undefined, figures: { generation: seq, objects, bytes } }
  if (outcome === 'unchanged') return { value: undefined, figures: { generation: seq }, detail: 'nothing new' }
  return outcome === 'adopted' ? { ...generation, detail: 'an earlier push had come through' } : generation
}

function toPreview({ due, seq, newFiles, newBytes, requests }: PushPlan): StepDone<undefined> {
  if (!due) return { value: undefined, figures: { generation: seq }, detail: 'nothing new' }
  const figures = { files: newFiles.length, bytes: newBytes, requests }
  return { value: undefined, figures, detail: `would make generation ${seq} with ${pathsInWords(newFiles)}` }
}

const PATHS_SHOWN = 8

/** `data/0/17, config and 3 more` */
function pathsInWords(files: PushPlan['newFiles']): string {
  const more = files.length - PATHS_SHOWN
  const shown = files.slice(0, PATHS_SHOWN).map(({ path }) => path)
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
