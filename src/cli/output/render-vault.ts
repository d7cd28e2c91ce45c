// Vaults in words.

import type { VaultProbe } from '../../deps.ts'
import type { AddedVault } from '../../workflows/vault/add-vault.ts'
import type { ListedVault } from '../../workflows/vault/list-vaults.ts'
import type { ProbedVault } from '../../workflows/vault/probe-vault.ts'
import type { RemovedVault } from '../../workflows/vault/remove-vault.ts'
import type { UsedVault } from '../../workflows/vault/use-vault.ts'
import { formatWhen, sanitizeForTerminal } from './format.ts'
import { renderTable } from './table.ts'

/** `conditional writes, versioning, object lock for 30 days` */
function abilities({ conditionalWrites, versioning, objectLock }: VaultProbe): string {
  const found = [
    conditionalWrites ? 'conditional writes' : 'no conditional writes',
    ...(versioning ? ['versioning'] : []),
    ...(objectLock ? [`object lock for ${objectLock.days} days (${objectLock.mode.toLowerCase()})`] : []),
  ]
  return found.join(', ')
}

/** One line of what it can do, and one for every way in which it is weaker than it should be. */
export function renderChecked(probe: VaultProbe): string {
  const lines = [`✓ vault checked             ${sanitizeForTerminal(probe.settings.url)}  ${abilities(probe)}`]
  return [...lines, ...probe.weaknesses.map((weakness) => `! ${sanitizeForTerminal(weakness)}`)].join('\n')
}

export function renderProbe({ probe }: ProbedVault): string {
  return renderChecked(probe)
}

export function renderAddedVault({ name, probe, configFile }: AddedVault): string {
  return [
    renderChecked(probe),
    `✓ vault added               ${name}, in ${sanitizeForTerminal(configFile)}`,
    `  Copy a repo there:  borgboi vault use ${name} --name REPO`,
  ].join('\n')
}

export function renderVaults(vaults: readonly ListedVault[], now: Date): string {
  if (vaults.length === 0)
    return 'No vault yet. Add one with: borgboi vault add NAME s3://bucket/prefix, or file:///directory'
  const rows = vaults.map(({ name, url, repos, probe }) => [
    name,
    sanitizeForTerminal(url),
    repos.join(', ') || '–',
    probe ? `${abilities(probe)} (${formatWhen(new Date(probe.at), now)})` : 'never tried',
  ])
  return renderTable([['name', 'address', 'repos', 'can do'], ...rows])
}

export function renderRemovedVault({ name, url, repos, dryRun }: RemovedVault): string {
  const would = dryRun ? 'would be ' : ''
  const copied = repos.length === 0 ? '' : `; no longer copied: ${repos.join(', ')}`
  return `${dryRun ? '·' : '✓'} ${name} ${would}forgotten, everything in ${sanitizeForTerminal(url)} stays${copied}`
}

export function renderUsedVault({ record, probe }: UsedVault): string {
  const { name, vault } = record
  if (vault === undefined || probe === undefined)
    return `✓ ${name} is copied to no vault from now on; what is there stays`
  return [
    renderChecked(probe),
    `✓ ${name} is copied to ${vault} from now on`,
    `  Copy it now:  borgboi s3 sync --name ${name}`,
  ].join('\n')
}
