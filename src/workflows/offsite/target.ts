// Which repository in which vault is meant: that of a record and its vault, or one found in a vault by itself, which
// needs nothing on this machine.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { VaultRepository } from '../../replication/replication.ts'
import { findRecord } from '../shared/find-record.ts'
import { type OpenVault, type VaultChoice, type VaultDeps, withVault } from '../shared/open-vault.ts'
import { type KitAtHand, requireKitOf } from '../shared/recovery-kit.ts'

export type OffsiteDeps = VaultDeps & Pick<Deps, 'replication' | 'repos'>

/** With `vault` and no `path`, `name` is what the repository is called there, or the beginning of its id. */
export interface OffsiteTarget extends RepoTarget, Omit<VaultChoice, 'vault'> {
  readonly vault?: string | undefined
}

/** The vault that a kit names, with what S3 needs besides, unless another one is meant. @throws AppError `usage-invalid` */
export function targetOfKit<T extends OffsiteTarget>(target: T, atHand: KitAtHand | undefined): T {
  if (atHand === undefined || target.path !== undefined) return target
  const { kit, file } = atHand
  if (target.vault === undefined && kit.vault === undefined) {
    throw new AppError('usage-invalid', 'cannot tell which vault is meant', {
      reason: `${file} names none: ${kit.name} was copied nowhere when that kit was made`,
      hint: 'name one with --from',
    })
  }
  if (kit.vault === undefined || (target.vault ?? kit.vault.url) !== kit.vault.url) return target
  const { url, endpoint, region } = kit.vault
  return { ...target, vault: url, endpoint: target.endpoint ?? endpoint, region: target.region ?? region }
}

export interface OffsiteRepository extends OpenVault {
  readonly borgId: string
  /** As it is recorded here, else as it is called in the vault. */
  readonly name: string
  /** Absent where this machine has no record of it. */
  readonly record?: RepoRecord
}

/** @throws AppError `repo-unknown`, `usage-invalid`, `vault-unknown`, `generation-unknown` for a vault without it */
export async function withRepository<T>(
  deps: OffsiteDeps,
  target: OffsiteTarget,
  act: (repository: OffsiteRepository) => Promise<T>,
  kit?: KitAtHand,
): Promise<T> {
  if (target.vault !== undefined && target.path === undefined) {
    return await withVault(deps, { ...target, vault: target.vault }, async (opened) => {
      const { borgId, name } = await pickRepository(deps, opened, target.name, kit)
      const records = await deps.repos.getByBorgId(borgId)
      const record = records.find(({ readOnly }) => !readOnly) ?? records[0]
      return await act({ ...opened, borgId, name: record?.name ?? name, ...(record && { record }) })
    })
  }
  return await withRecorded(deps, target, (opened, record) => {
    if (kit) requireKitOf(kit, record)
    return act({ ...opened, borgId: record.borgId, name: record.name, record })
  })
}

/** A repo of this machine, and the vault it is copied to or came from; `vault` names another one, or one it forgot. */
export async function withRecorded<T>(
  deps: VaultDeps & Pick<Deps, 'repos'>,
  target: OffsiteTarget,
  act: (opened: OpenVault, record: RepoRecord) => Promise<T>,
): Promise<T> {
  const record = await findRecord(deps, target)
  const vault = target.vault ?? record.vault
  if (vault === undefined) throw copiedNowhere(record.name)
  return await withVault(deps, { ...target, vault }, (opened) => act(opened, record))
}

/** The one of that name or id; without either the only one. @throws AppError `usage-invalid`, `generation-unknown` */
export async function pickRepository(
  deps: Pick<OffsiteDeps, 'replication' | 'repos'>,
  { vault, label, vaultAsOf }: OpenVault,
  wanted: string | undefined,
  kit?: KitAtHand,
): Promise<VaultRepository> {
  const there = await deps.replication.repositories(vault)
  if (there.length === 0) {
    throw new AppError('generation-unknown', `there is no repository in ${label}`, {
      reason: vaultAsOf ? `there was nothing at ${vaultAsOf.toISOString()}` : 'nothing was ever copied to it',
      hint: `check the address ${vault.url}: the prefix is part of it`,
    })
  }
  const id = wanted ?? kit?.kit.borgId
  const meant = id === undefined ? there : there.filter((repository) => isMeant(repository, id))
  const [only] = meant
  if (only !== undefined && meant.length === 1) {
    if (kit) requireKitOf(kit, only)
    return only
  }
  const list = (only === undefined ? there : meant).map(({ name, borgId }) => `${name} (${borgId.slice(0, 12)})`)
  if (kit && wanted === undefined) throw notOfKit(kit, label, list)
  throw new AppError('usage-invalid', 'cannot tell which repository is meant', {
    reason: `in ${label}: ${list.join(', ')}`,
    hint: 'name one with --name, by its name or by the beginning of its id',
  })
}

const ID_MIN_DIGITS = 8

function isMeant({ name, borgId }: VaultRepository, wanted: string): boolean {
  return name === wanted || (wanted.length >= ID_MIN_DIGITS && borgId.startsWith(wanted.toLowerCase()))
}

function notOfKit({ kit, file }: KitAtHand, label: string, list: readonly string[]): AppError {
  return new AppError('generation-unknown', `the repository of ${file} is not in ${label}`, {
    reason: `it is the kit of ${kit.name} (${kit.borgId.slice(0, 12)}); there: ${list.join(', ')}`,
    hint: 'name its vault with --from, or take the kit of what is there',
  })
}

function copiedNowhere(name: string): AppError {
  return new AppError('usage-invalid', `${name} is copied to no vault`, {
    reason: 'no vault was chosen for it',
    hint: `choose one with borgboi vault use NAME --name ${name}, or look into one with --from`,
  })
}
