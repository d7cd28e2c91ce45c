// Copying a repo to its vault: what `s3 sync` does and the last step of `backup daily`. Needs no passphrase.

import type { Deps, VaultProbe } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { StepHandlers } from '../../model/events.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { refuse } from '../../model/validate.ts'
import { isOnNetwork, parseVaultUrl } from '../../model/vault-url.ts'
import { formatBytes, numberOf } from '../../model/words.ts'
import type { PushOptions, PushPlan, PushResult } from '../../replication/replication.ts'
import type { Vault } from '../../vault/vault.ts'
import { requireLocal } from './choose-vault.ts'
import { type EvidenceDeps, keepEvidence } from './keep-evidence.ts'
import { type OpenVault, requireSafeVault, type VaultChoice, type VaultDeps, withVault } from './open-vault.ts'
import type { StepDone } from './run.ts'

export type PushDeps = VaultDeps & EvidenceDeps & Pick<Deps, 'replication' | 'repos'>

export interface PushInput {
  /** A name or an address; absent: the record's own. */
  readonly vault?: string | undefined
  /** A person has said that a loss of most of the repository is meant. */
  readonly acceptLoss?: boolean | undefined
  /** The address of a plain mirror of it in a bucket of the same server. */
  readonly mirror?: string | undefined
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
    // What is in the repository before the push begins is in the generation.
    const archive = (await deps.repos.get(record.name))?.lastBackup
    const pushed = await withMirror(deps, opened, input, (mirror) =>
      deps.replication.push(opened.vault, repositoryOf(record), { ...options, mirror }, handlers),
    )
    if (opened.label === record.vault) {
      const newest = archive === undefined ? {} : { archive: archive.archive, archiveAt: archive.at }
      await keepEvidence(deps, record, { copy: { vault: opened.label, generation: pushed.seq, ...newest } }, handlers)
    }
    return toDone(pushed, input)
  })
}

/** What a push would do; nothing is written. */
export async function previewPush(deps: PushDeps, record: RepoRecord, input: PushInput): Promise<StepDone<undefined>> {
  return await withVault(deps, vaultOf(record, input), async (opened) => {
    requireLocal(record.path)
    const options = await optionsOf(deps, opened, input, await deps.vaults.lastProbe(opened.settings))
    return await withMirror(deps, opened, input, async (mirror) =>
      toPreview(await deps.replication.planPush(opened.vault, repositoryOf(record), { ...options, mirror })),
    )
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

/** What is in a mirror can only be copied by the server that has both. @throws AppError `value-invalid` */
async function withMirror<T>(
  deps: PushDeps,
  { settings }: OpenVault,
  { mirror }: PushInput,
  act: (mirror: Vault | undefined) => Promise<T>,
): Promise<T> {
  if (mirror === undefined) return await act(undefined)
  const url = parseVaultUrl(mirror)
  const hint = 'BorgBoi 1.x mirrored to s3://BUCKET/NAME; without --mirror everything is uploaded from here'
  if (!isOnNetwork(url) || !isOnNetwork(settings.url)) {
    refuse('mirror', mirror, `only within S3 can it be copied, and the vault is ${settings.url}`, hint)
  }
  if (`${settings.url}/`.startsWith(`${url}/`)) {
    refuse('mirror', mirror, `the vault ${settings.url} lies inside it`, 'give the vault another prefix')
  }
  const opened = await deps.vaults.open({ ...settings, url })
  try {
    return await act(opened)
  } finally {
    await opened.close()
  }
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

function toDone({ outcome, seq, objects, bytes, copied }: PushResult, { mirror }: PushInput): StepDone<undefined> {
  const remarks = [
    ...(outcome === 'unchanged' ? ['nothing new'] : []),
    ...(outcome === 'adopted' ? ['an earlier push had come through'] : []),
    ...(copied ? [mirrorInWords(objects)] : []),
    ...(mirror !== undefined && !copied ? ['a mirror is of use for the first generation only'] : []),
  ]
  const figures = {
    generation: seq,
    ...(outcome === 'unchanged' ? {} : { objects, bytes }),
    ...(copied && { copiedObjects: copied.objects, copiedBytes: copied.bytes }),
  }
  return { value: undefined, figures, ...(remarks.length === 0 ? {} : { detail: remarks.join('; ') }) }
}

function mirrorInWords(sent: number): string {
  return sent === 0
    ? 'the mirror had all of it'
    : `the mirror was not whole: ${numberOf(sent, 'file')} of this state came from here`
}

function toPreview({ due, seq, newFiles, newBytes, requests, inMirror }: PushPlan): StepDone<undefined> {
  if (!due) return { value: undefined, figures: { generation: seq }, detail: 'nothing new' }
  const figures = { files: newFiles.length, bytes: newBytes, requests }
  const mirrored = inMirror
    ? `; by name and size the mirror has ${numberOf(inMirror.files, 'file')} of them, ${formatBytes(inMirror.bytes)}`
    : ''
  return { value: undefined, figures, detail: `would make generation ${seq} with ${pathsInWords(newFiles)}${mirrored}` }
}

const PATHS_SHOWN = 8

/** `data/0/17, config and 3 more` */
function pathsInWords(files: PushPlan['newFiles']): string {
  const more = files.length - PATHS_SHOWN
  const shown = files.slice(0, PATHS_SHOWN).map(({ path }) => path)
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
