// `vault remove`: forgets a vault, after a confirmation. Its objects stay, and so does everything that can be restored.

import type { Deps } from '../../deps.ts'
import { parseVaultName, type RepoName } from '../../model/names.ts'
import { type Confirm, requireConfirmation } from '../shared/confirm.ts'
import { unknownVault } from '../shared/open-vault.ts'

export interface RemoveVaultInput {
  readonly name: string
  readonly dryRun: boolean
  readonly confirm: Confirm
}

export interface RemovedVault {
  readonly name: string
  readonly url: string
  /** The repos that are no longer copied anywhere. */
  readonly repos: readonly RepoName[]
  readonly dryRun: boolean
}

/** @throws AppError `vault-unknown`, also where it is not from the file */
export async function removeVault(
  deps: Pick<Deps, 'config' | 'repos'>,
  input: RemoveVaultInput,
): Promise<RemovedVault> {
  const name = parseVaultName(input.name)
  const config = await deps.config.load()
  const vault = config.vaults[name]
  if (vault === undefined) throw unknownVault(name, config)
  const repos = (await deps.repos.list()).filter((record) => record.vault === name).map((record) => record.name)
  const result = { name, url: vault.url, repos, dryRun: input.dryRun }
  if (input.dryRun) return result
  await requireConfirmation(input.confirm, {
    action: `forget the vault ${name}`,
    consequences: [
      ...repos.map((repo) => `${repo} is no longer copied off-site`),
      `everything in ${vault.url} stays: restore from it with --from ${vault.url}`,
    ],
  })
  await deps.config.removeVault(name)
  for (const repo of repos) await deps.repos.update(repo, ({ vault: _gone, ...record }) => record)
  return result
}
