// `vault add`: tries a vault, and writes it into the configuration when it is fit to hold copies.

import type { Deps, NewVault, VaultProbe } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { parseVaultName } from '../../model/names.ts'
import { isOnNetwork, parseVaultUrl } from '../../model/vault-url.ts'
import { requireConditions, settingsOf } from '../shared/open-vault.ts'

export interface AddVaultInput extends NewVault {
  readonly name: string
}

export interface AddedVault {
  readonly name: string
  readonly url: string
  readonly probe: VaultProbe
  /** The configuration file it was written into. */
  readonly configFile: string
}

/** @throws AppError `vault-exists`, `vault-unsafe`, `offline`, and what the vault throws; nothing is written then */
export async function addVault(deps: Pick<Deps, 'config' | 'vaults'>, input: AddVaultInput): Promise<AddedVault> {
  const { name: typed, singleWriter = false, ...rest } = input
  const name = parseVaultName(typed)
  const vault = { ...rest, url: parseVaultUrl(input.url) }
  const config = await deps.config.load()
  requireNew(name, Object.keys(config.vaults))
  if (config.offline && isOnNetwork(vault.url)) {
    throw new AppError('offline', `did not add the vault ${name}`, {
      reason: 'it has to be tried first, and the configuration says offline',
      hint: 'set offline to false, or use a file:// vault',
    })
  }
  const probe = await deps.vaults.probe(settingsOf(config, { url: vault.url }, vault), { mayMark: true })
  requireConditions(name, probe, singleWriter)
  await deps.config.setVault(name, { ...vault, singleWriter })
  return { name, url: vault.url, probe, configFile: deps.config.path }
}

/** Also against names that differ in case only: variables cannot tell them apart. */
function requireNew(name: string, names: readonly string[]): void {
  const there = names.find((other) => other.toLowerCase() === name.toLowerCase())
  if (there === undefined) return
  throw new AppError('vault-exists', `cannot add the vault ${name}`, {
    reason: `${there} is in the configuration already`,
    hint: `take another name, or forget that one with: borgboi vault remove ${there}`,
  })
}
