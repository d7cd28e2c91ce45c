// The keys of a vault, each below `vaults.NAME`.

import { parseRetention, RETENTION_COUNTS, type RetentionPolicy } from '../model/retention.ts'
import { parseVaultUrl } from '../model/vault-url.ts'
import { amount, asIs, flag, type Key, key, price, rule, size, span, text, whole } from './key.ts'

const GENERATIONS = 'generations to keep; 0 for none by this rule, -1 for all'

export const VAULT_KEYS = {
  url: key(
    text,
    (written) => parseVaultUrl(String(written)),
    undefined,
    'Where it is: s3://bucket/prefix or file:///directory. The one key it needs.',
  ),
  endpoint: key(text, asIs<string>, undefined, 'The address of an S3 server that is not AWS.'),
  region: key(text, asIs<string>, undefined, 'The region of the bucket; without it aws.region.'),
  profile: key(text, asIs<string>, undefined, 'The profile of the AWS credentials; without it aws.profile.'),
  virtual_style: key(
    flag,
    asIs<boolean>,
    undefined,
    'Write bucket.host instead of host/bucket; without it as the endpoint usually wants it.',
  ),
  single_writer: key(
    flag,
    asIs<boolean>,
    false,
    'Say that only one machine writes: needed where the vault cannot keep two writers apart.',
  ),
  upload_index_max: key(
    amount,
    size,
    '100M',
    "The largest of Borg's index files that is copied too; Borg makes those that are not anew after a restore. 0 for none.",
  ),
  keep_within: key(text, rule('within'), '30d', 'Keep every generation younger than this.'),
  keep_last: key(whole, rule('last'), undefined, `The newest ${GENERATIONS}.`),
  keep_daily: key(whole, rule('daily'), undefined, `Daily ${GENERATIONS}.`),
  keep_weekly: key(whole, rule('weekly'), undefined, `Weekly ${GENERATIONS}.`),
  keep_monthly: key(whole, rule('monthly'), undefined, `Monthly ${GENERATIONS}.`),
  keep_yearly: key(whole, rule('yearly'), undefined, `Yearly ${GENERATIONS}.`),
  grace: key(amount, span, '3d', 'How long a generation can still be restored after it has expired.'),
  price_per_gb_month: key(
    price,
    asIs<number>,
    undefined,
    'What a GB costs there per month, for s3 stats; without it 0.023 (USD) for s3:// and nothing for file://.',
  ),
} as const satisfies Record<string, Key<unknown>>

/** Its rules of retention together are its policy. @throws AppError `value-invalid` */
export function buildVault(values: Readonly<Record<string, unknown>>): unknown {
  const rules = ['within', ...RETENTION_COUNTS].map((rule) => [rule, values[`keep_${rule}`]])
  const others = Object.entries(values).filter(([leaf]) => !leaf.startsWith('keep_'))
  return { ...Object.fromEntries(others), retention: parseRetention(Object.fromEntries(rules)) }
}

/** A vault as the configuration has it. `grace` is milliseconds, `upload_index_max` bytes, the price in the person's money. */
export interface VaultConfig {
  readonly url: string
  readonly endpoint?: string
  readonly region?: string
  readonly profile?: string
  readonly virtual_style?: boolean
  readonly single_writer: boolean
  readonly upload_index_max: number
  readonly retention: RetentionPolicy
  readonly grace: number
  readonly price_per_gb_month?: number
}
