// `vault probe`, `s3 probe`: tries everything borgboi relies on, and keeps what it found.

import type { Deps, VaultProbe } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { findVault, type VaultChoice } from '../shared/open-vault.ts'

export interface ProbeVaultInput extends Omit<VaultChoice, 'vault'> {
  /** A name or an address; absent: the only vault there is. */
  readonly vault?: string | undefined
}

export interface ProbedVault {
  readonly name: string
  readonly probe: VaultProbe
}

export async function probeVault(deps: Pick<Deps, 'config' | 'vaults'>, input: ProbeVaultInput): Promise<ProbedVault> {
  const vault = input.vault ?? (await onlyVault(deps))
  const { label, settings } = await findVault(deps, { ...input, vault })
  return { name: label, probe: await deps.vaults.probe(settings, { mayMark: true }) }
}

async function onlyVault({ config }: Pick<Deps, 'config'>): Promise<string> {
  const names = Object.keys((await config.load()).vaults)
  const [only] = names
  if (only !== undefined && names.length === 1) return only
  throw new AppError('usage-invalid', 'cannot tell which vault is meant', {
    reason: only === undefined ? 'none is configured' : `configured: ${names.join(', ')}`,
    hint: 'name one, or give an address: borgboi vault probe s3://bucket/prefix',
  })
}
