// Which repository in which vault is meant: that of a record and its vault, or one found in a vault by itself, which
// needs nothing on this machine.

import type { Deps, RepoTarget } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import type { RepoRecord } from '../../model/repo.ts'
import type { VaultRepository } from '../../replication/replication.ts'
import { findRecord } from '../shared/find-record.ts'
import { type OpenVault, type VaultChoice, type VaultDeps, withVault } from '../shared/open-vault.ts'

export type OffsiteDeps = VaultDeps & Pick<Deps, 'replication' | 'repos'>

/** With `vault` and no `path`, `name` is what the repository is called there, or the beginning of its id. */
export interface OffsiteTarget extends RepoTarget, Omit<VaultChoice, 'vault'> {
  readonly vault?: string | undefined
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
): Promise<T> {
  if (target.vault !== undefined && target.path === undefined) {
    return await withVault(deps, { ...target, vault: target.vault }, async (opened) => {
      const { borgId, name } = await pickRepository(deps, opened, target.name)
      const records = await deps.repos.getByBorgId(borgId)
      const record = records.find(({ readOnly }) => !readOnly) ?? records[0]
      return await act({ ...opened, borgId, name: record?.name ?? name, ...(record && { record }) })
    })
  }
  return await withRecorded(deps, target, (opened, record) =>
    act({ ...opened, borgId: record.borgId, name: record.name, record }),
  )
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
): Promise<VaultRepository> {
  const there = await deps.replication.repositories(vault)
  if (there.length === 0) {
    throw new AppError('generation-unknown', `there is no repository in ${label}`, {
      reason: vaultAsOf ? `there was nothing at ${vaultAsOf.toISOString()}` : 'nothing was ever copied to it',
      hint: `check the address ${vault.url}: the prefix is part of it`,
    })
  }
  const meant = wanted === undefined ? there : there.filter((repository) => isMeant(repository, wanted))
  const [only] = meant
  if (only !== undefined && meant.length === 1) return only
  const list = (only === undefined ? there : meant).map(({ name, borgId }) => `${name} (${borgId.slice(0, 12)})`)
  throw new AppError('usage-invalid', 'cannot tell which repository is meant', {
    reason: `in ${label}: ${list.join(', ')}`,
    hint: 'name one with --name, by its name or by the beginning of its id',
  })
}

const ID_MIN_DIGITS = 8

function isMeant({ name, borgId }: VaultRepository, wanted: string): boolean {
  return name === wanted || (wanted.length >= ID_MIN_DIGITS && borgId.startsWith(wanted.toLowerCase()))
}

function copiedNowhere(name: string): AppError {
  return new AppError('usage-invalid', `${name} is copied to no vault`, {
    reason: 'no vault was chosen for it',
    hint: `choose one with borgboi vault use NAME --name ${name}, or look into one with --from`,
  })
}
