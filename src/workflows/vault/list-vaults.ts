// `vault list`: the configured vaults, who is copied there, and what each was last seen to keep. Reaches none of them.

import type { Deps, VaultProbe } from '../../deps.ts'
import { settingsOf } from '../shared/open-vault.ts'

export interface ListedVault {
  readonly name: string
  readonly url: string
  /** The names of the repos that are copied there. */
  readonly repos: readonly string[]
  readonly singleWriter: boolean
  /** Absent where it was never tried with these settings. */
  readonly probe?: VaultProbe
}

export async function listVaults(deps: Pick<Deps, 'config' | 'vaults' | 'repos'>): Promise<readonly ListedVault[]> {
  const [config, records] = await Promise.all([deps.config.load(), deps.repos.list()])
  const listed = Object.entries(config.vaults).map(async ([name, vault]): Promise<ListedVault> => {
    const probe = await deps.vaults.lastProbe(settingsOf(config, vault))
    return {
      name,
      url: vault.url,
      repos: records.filter((record) => record.vault === name).map((record) => record.name),
      singleWriter: vault.single_writer,
      ...(probe && { probe }),
    }
  })
  return await Promise.all(listed)
}
