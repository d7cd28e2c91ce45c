// From what a person says of a vault, or what a record says, to the vault itself: its settings, whether the network may
// be used, and whether it keeps two writers apart. Nobody else looks vaults up.

import type { Config, VaultConfig } from '../../config/schema.ts'
import type { Deps, VaultProbe, VaultSettings } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isOnNetwork, isVaultUrl, parseVaultUrl } from '../../model/vault-url.ts'
import type { Vault } from '../../vault/vault.ts'

export type VaultDeps = Pick<Deps, 'config' | 'vaults'>

/** A vault by its name in the configuration or by its address, and settings that stand above the configuration. */
export interface VaultChoice extends Partial<Omit<VaultSettings, 'url'>> {
  readonly vault: string
  /** To be read as it was then, which a bucket that keeps older versions can tell. */
  readonly vaultAsOf?: Date | undefined
}

export interface FoundVault {
  /** As it is called in the configuration; the address of one that is not in it. */
  readonly label: string
  readonly config: VaultConfig
  readonly settings: VaultSettings
}

export interface OpenVault extends FoundVault, Pick<VaultChoice, 'vaultAsOf'> {
  readonly vault: Vault
}

/** @throws AppError `vault-unknown`, `value-invalid`, `offline` where it is on the network and that may not be used */
export async function findVault(deps: Pick<Deps, 'config'>, choice: VaultChoice): Promise<FoundVault> {
  const config = await deps.config.load()
  const [label, found] = await lookUp(deps, config, choice.vault)
  if (config.offline && isOnNetwork(found.url)) {
    throw new AppError('offline', `did not look at ${found.url}`, {
      reason: 'it is on the network, and the configuration says offline',
      hint: 'set offline to false, or use a file:// vault',
    })
  }
  return { label, config: found, settings: settingsOf(config, found, choice) }
}

/** Works with an opened vault and closes it. @throws AppError what `findVault` throws */
export async function withVault<T>(
  deps: VaultDeps,
  choice: VaultChoice,
  act: (opened: OpenVault) => Promise<T>,
): Promise<T> {
  const found = await findVault(deps, choice)
  const { vaultAsOf } = choice
  const vault = await deps.vaults.open(found.settings, vaultAsOf)
  try {
    return await act({ ...found, vault, vaultAsOf })
  } finally {
    await vault.close()
  }
}

/**
 * Makes sure that a vault that is about to be written to keeps two writers apart, or that there is one only. Tries it
 * the first time; that a directory is to be a vault only a person says, it may be where a disk is not mounted.
 * @throws AppError `vault-unsafe`, `vault-missing`
 */
export async function requireSafeVault(
  deps: VaultDeps,
  { label, settings, config }: FoundVault,
  { mayMark = false }: { readonly mayMark?: boolean } = {},
): Promise<VaultProbe> {
  const probe = (await deps.vaults.lastProbe(settings)) ?? (await deps.vaults.probe(settings, { mayMark }))
  requireConditions(label, probe, config.single_writer)
  return probe
}

export function requireConditions(label: string, probe: VaultProbe, singleWriter: boolean): void {
  if (probe.conditionalWrites || singleWriter) return
  throw new AppError('vault-unsafe', `cannot copy repositories to ${label}`, {
    reason:
      'it lets a writer replace what another one has just written: two machines would overwrite each other unseen',
    hint: `if only one machine writes there, say so: vaults.NAME.single_writer: true, or borgboi vault add --single-writer`,
  })
}

/** @throws AppError `vault-unknown` */
export function unknownVault(name: string, config: Config): AppError {
  const names = Object.keys(config.vaults)
  return new AppError('vault-unknown', `there is no vault named ${name}`, {
    reason: names.length === 0 ? 'none is configured' : `configured: ${names.join(', ')}`,
    hint: 'add one with: borgboi vault add NAME s3://bucket/prefix, or NAME file:///directory',
  })
}

/** Region and profile of `aws` are those of S3 vaults that have none of their own. */
export function settingsOf(
  { aws }: Config,
  {
    url,
    endpoint,
    region,
    profile,
    virtual_style,
  }: Omit<VaultConfig, 'single_writer' | 'upload_index_max' | 'retention' | 'grace'>,
  above: Partial<VaultSettings> = {},
): VaultSettings {
  const shared = isOnNetwork(url) ? aws : {}
  return {
    url,
    endpoint: above.endpoint ?? endpoint,
    region: above.region ?? region ?? shared.region,
    profile: above.profile ?? profile ?? shared.profile,
    virtualStyle: above.virtualStyle ?? virtual_style,
  }
}

async function lookUp(deps: Pick<Deps, 'config'>, config: Config, choice: string): Promise<[string, VaultConfig]> {
  if (isVaultUrl(choice)) {
    const url = parseVaultUrl(choice)
    return Object.entries(config.vaults).find(([, vault]) => vault.url === url) ?? [url, await deps.config.vaultAt(url)]
  }
  const found = Object.hasOwn(config.vaults, choice) ? config.vaults[choice] : undefined
  if (found === undefined) throw unknownVault(choice, config)
  return [choice, found]
}
