// `s3 stats`: what a repository takes in its vault, how that grows, and what it may cost.

import { optional } from '../../model/repo.ts'
import { isOnNetwork } from '../../model/vault-url.ts'
import type { VaultStats } from '../../replication/replication.ts'
import { type OffsiteDeps, type OffsiteTarget, withRepository } from './target.ts'

export interface MeasuredVault extends VaultStats {
  readonly vault: string
  readonly url: string
  /** RFC 3339 UTC: the vault was looked at as it was then. */
  readonly vaultAsOf?: string
  /** An estimate from the bytes alone, without requests and traffic; absent where nothing is charged. */
  readonly costPerMonth?: number
}

/** The first 50 TB of S3 Standard in us-east-1, USD. Source: the price list of Amazon S3. */
const S3_PRICE_PER_GB_MONTH = 0.023
const GB = 1e9

export function measureVault(deps: OffsiteDeps, target: OffsiteTarget): Promise<MeasuredVault> {
  return withRepository(deps, target, async ({ vault, label, borgId, config, vaultAsOf }) => {
    const stats = await deps.replication.stats(vault, borgId)
    const price = config.price_per_gb_month ?? (isOnNetwork(vault.url) ? S3_PRICE_PER_GB_MONTH : undefined)
    const cost = price === undefined ? {} : { costPerMonth: (stats.bytes / GB) * price }
    return { vault: label, url: vault.url, ...optional('vaultAsOf', vaultAsOf?.toISOString()), ...stats, ...cost }
  })
}
