// Deciding that a repository is copied to a vault: checked once, when it is decided, and not first at night.

import type { VaultProbe } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isRemote } from '../../model/location.ts'
import { parseVaultName, type VaultName } from '../../model/names.ts'
import { findVault, requireSafeVault, type VaultDeps } from './open-vault.ts'

export interface ChosenVault {
  readonly vault: VaultName
  readonly probe: VaultProbe
}

/** @throws AppError `vault-unknown`, `vault-unsafe`, `value-invalid`, `offline`, and what the vault throws */
export async function chooseVault(deps: VaultDeps, name: string, repositoryPath: string): Promise<ChosenVault> {
  requireLocal(repositoryPath)
  const vault = parseVaultName(name)
  return { vault, probe: await requireSafeVault(deps, await findVault(deps, { vault })) }
}

/** @throws AppError `value-invalid` */
export function requireLocal(repositoryPath: string): void {
  if (!isRemote(repositoryPath)) return
  throw new AppError('value-invalid', `cannot copy ${repositoryPath} to a vault`, {
    reason: 'the repository is on another machine, and its files are not within reach',
    hint: 'run borgboi on that machine to copy it',
  })
}
