// The vault of a repo: whether it answers, what it was seen to keep, and whether it has anything of the repository.

import type { VaultConfig } from '../../config/schema.ts'
import type { VaultProbe } from '../../deps.ts'
import { AppError } from '../../errors.ts'
import { isOnNetwork } from '../../model/vault-url.ts'
import { formatMinute } from '../../model/words.ts'
import type { GenerationSummary } from '../../replication/replication.ts'
import type { Vault } from '../../vault/vault.ts'
import { settingsOf } from '../shared/open-vault.ts'
import type { Check, DoctorDeps, RepoSubject, Verdict } from './check.ts'

export interface VaultFacts {
  readonly name: string
  /** As the record has it; absent where the repo is copied nowhere. */
  readonly label?: string
  readonly config?: Pick<VaultConfig, 'url' | 'single_writer'>
  /** The network may not be used, and the vault is on it. */
  readonly isOffline: boolean
  /** What it was seen to keep, when it was tried. */
  readonly probe?: VaultProbe
  /** The copies of the repository, as the vault itself told. */
  readonly chain?: ChainFacts
}

interface ChainFacts {
  readonly generations: readonly Pick<GenerationSummary, 'seq' | 'createdAt'>[]
  readonly problems: readonly string[]
}

export const vault: Check<VaultFacts, RepoSubject> = {
  name: 'vault',
  gather: async (deps, { record, config }) => {
    const { name, vault: label, borgId } = record
    const found = label === undefined ? undefined : config.vaults[label]
    const facts = { name, isOffline: false, ...(label !== undefined && { label }) }
    if (found === undefined) return facts
    const settings = settingsOf(config, found)
    const probe = await deps.vaults.lastProbe(settings)
    const known = { ...facts, config: found, ...(probe && { probe }) }
    if (config.offline && isOnNetwork(found.url)) return { ...known, isOffline: true }
    const opened = await deps.vaults.open(settings)
    try {
      return { ...known, chain: await chainOf(deps, opened, borgId) }
    } finally {
      await opened.close()
    }
  },
  judge: ({ name, label, config, isOffline, probe, chain }) => {
    if (label === undefined) {
      const hint = `add one (borgboi vault add), then: borgboi vault use NAME --name ${name}`
      return [{ level: 'skipped', message: 'copied to no vault: this is the only copy', hint }]
    }
    if (config === undefined) {
      const hint = `add it again: borgboi vault add ${label} URL`
      return [{ level: 'error', message: `there is no vault ${label} in the configuration`, hint }]
    }
    const weaknesses = weaknessesOf(label, config, probe)
    if (isOffline) return [...weaknesses, { level: 'skipped', message: `${label} was not asked: offline` }]
    const newest = chain?.generations[0]
    if (newest === undefined) {
      const hint = `copy it now: borgboi s3 sync --name ${name}`
      return [...weaknesses, { level: 'warning', message: `${label} answers, and has no copy yet`, hint }]
    }
    const problems = (chain?.problems ?? []).map((problem): Verdict => {
      const hint = `look at it with: borgboi s3 generations --name ${name}`
      return { level: 'warning', message: `${label}: ${problem}`, hint }
    })
    if (weaknesses.length + problems.length > 0) return [...weaknesses, ...problems]
    return [{ level: 'ok', message: `${label} has generation ${newest.seq} of ${formatMinute(newest.createdAt)}` }]
  },
}

function weaknessesOf(label: string, config: Pick<VaultConfig, 'single_writer'>, probe?: VaultProbe): Verdict[] {
  const hint = `try it again: borgboi vault probe ${label}`
  if (probe === undefined) return [{ level: 'warning', message: `${label} was never tried as it is set up now`, hint }]
  const told = probe.weaknesses.map(
    (weakness): Verdict => ({ level: 'warning', message: `${label}: ${weakness}`, hint }),
  )
  if (probe.conditionalWrites || config.single_writer) return told
  const message = `${label} cannot keep two writers apart: nothing is copied there`
  return [
    { level: 'error', message, hint: `where only this machine writes: vaults.${label}.single_writer: true` },
    ...told,
  ]
}

/** Nothing there is no chain. */
async function chainOf(deps: DoctorDeps, opened: Vault, borgId: string): Promise<ChainFacts> {
  try {
    return await deps.replication.generations(opened, borgId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'generation-unknown') return { generations: [], problems: [] }
    throw error
  }
}
