// `vault use`: from now on a repo is copied to this vault, or to none. Nothing is copied yet.

import type { Deps, RepoTarget, VaultProbe } from '../../deps.ts'
import type { RepoRecord } from '../../model/repo.ts'
import { chooseVault } from '../shared/choose-vault.ts'
import { findRecord } from '../shared/find-record.ts'

export interface UseVaultInput extends RepoTarget {
  /** A configured name; undefined: none. */
  readonly vault: string | undefined
}

export interface UsedVault {
  readonly record: RepoRecord
  /** Absent for none. */
  readonly probe?: VaultProbe
}

/** @throws AppError `vault-unknown`, `vault-unsafe`, `repo-unknown` */
export async function useVault(
  deps: Pick<Deps, 'config' | 'vaults' | 'repos'>,
  input: UseVaultInput,
): Promise<UsedVault> {
  const { name, path } = await findRecord(deps, input)
  if (input.vault === undefined) {
    return { record: await deps.repos.update(name, ({ vault: _before, ...record }) => record) }
  }
  const { vault, probe } = await chooseVault(deps, input.vault, path)
  return { record: await deps.repos.update(name, (record) => ({ ...record, vault })), probe }
}
