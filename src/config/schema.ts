// Every configuration key, one entry each: how it may be written, its default, what it does, what it becomes. The
// rules of values are the model's; this file only says which rule holds for which key.

import * as z from 'zod/mini'
import { parseCompression } from '../model/compression.ts'
import { parseQuota, parseSize, parseSpan } from '../model/quantities.ts'
import { parseRetention, type RetentionPolicy } from '../model/retention.ts'
import { SecretText } from '../model/secret.ts'

/** A value as people write it, in a file or (as text) in the environment. */
export type Written = boolean | number | string

interface Key<Value> {
  /** Accepts what is written and evens it out (`"yes"` to true). */
  readonly form: z.ZodMiniType<Written>
  /** The effective value of a written one. @throws AppError `value-invalid` */
  parse(written: Written): Value
  readonly fallback: Written | undefined
  readonly description: string
  readonly secret: boolean
  readonly hasEffect: boolean
}

const text = z.string('text is expected; put it in quotes').check(z.minLength(1, 'it is empty'))
const flag = z.union([z.boolean(), z.stringbool()], 'true or false is expected')
const amount = z.union([z.string(), z.number()], 'a number, or a number with a unit, is expected')
const whole = z.union(
  [
    z.int(),
    z.pipe(
      z.string().check(z.regex(/^-?\d+$/)),
      z.transform((digits) => Number(digits)),
    ),
  ],
  'a whole number is expected',
)

type Details = Partial<Pick<Key<unknown>, 'secret' | 'hasEffect'>>

function key<Value, Default extends Written | undefined>(
  form: z.ZodMiniType<Written>,
  parse: (written: Written) => Value,
  fallback: Default,
  description: string,
  details: Details = {},
): Key<Value> & { readonly fallback: Default } {
  return { form, parse, fallback, description, secret: false, hasEffect: true, ...details }
}

const asIs = <Value extends Written>(written: Written) => written as Value
const span = (written: Written) => parseSpan(String(written))
const size = (written: Written) => parseSize(String(written))

/** One rule, judged beside another that keeps something: whether the whole keeps nothing is judged with all of them. */
const rule =
  <Rule extends keyof RetentionPolicy>(name: Rule) =>
  (written: Written) =>
    parseRetention({ within: '1d', [name]: written })[name] as NonNullable<RetentionPolicy[Rule]>

/** BorgBoi 1.x had these; they are accepted so that its files load, and `config validate` names each one that is set. */
const INERT = { hasEffect: false }

const KEPT = 'archives to keep; 0 for none by this rule, -1 for all'

/** All keys in the order of a file. */
export const KEYS = {
  offline: key(flag, asIs<boolean>, false, 'Never use the network; nothing of aws is looked at.'),
  debug: key(flag, asIs<boolean>, false, 'Print more about errors; --verbose does it.', INERT),

  'borg.executable_path': key(text, asIs<string>, 'borg', 'The Borg program: a name on the PATH, or a path.'),
  'borg.default_repo_path': key(text, asIs<string>, undefined, 'Where new repositories go by default.', INERT),
  'borg.compression': key(
    text,
    (written) => parseCompression(String(written)),
    'zstd,6',
    'Compression of new data: none, lz4, zstd,1-22, zlib,0-9, lzma,0-9, or auto,… in front.',
  ),
  'borg.checkpoint_interval': key(
    amount,
    (written) => span(written) / 1000,
    '15min',
    'How often a long backup is made resumable; plain numbers are seconds.',
  ),
  'borg.storage_quota': key(
    amount,
    (written) => parseQuota(String(written)),
    0,
    'The most a new repository may take, such as 100G; 0 for no limit.',
  ),
  'borg.additional_free_space': key(
    amount,
    size,
    '2G',
    'Space a new repository leaves free on its disk, so that prune and compact still work when it is nearly full.',
  ),
  'borg.max_segment_size': key(
    amount,
    size,
    104_857_600,
    'The size of the files of a new repository, in bytes; smaller ones suit off-site copies better.',
  ),
  'borg.lock_wait': key(amount, span, '5s', 'How long to wait for another process that uses the repository.'),
  'borg.one_file_system': key(flag, asIs<boolean>, false, 'Stay on the file system of each source.'),
  'borg.exclude_caches': key(flag, asIs<boolean>, true, 'Leave out directories tagged as caches (CACHEDIR.TAG).'),
  'borg.compact_after': key(amount, span, '7d', 'Compact at least this often when something was pruned.'),
  'borg.compact_reclaimable': key(amount, size, '1G', 'Compact sooner when at least this much can be freed.'),
  'borg.borg_passphrase': key(
    text,
    (written) => new SecretText(String(written)),
    undefined,
    'The passphrase of repositories that have no key file. A file of its own is safer: --passphrase-file.',
    { secret: true },
  ),
  'borg.borg_new_passphrase': key(
    text,
    (written) => new SecretText(String(written)),
    undefined,
    'The passphrase of new repositories. Without it a strong one is generated.',
    { secret: true },
  ),
  'borg.retention.keep_within': key(text, rule('within'), undefined, 'Keep every archive younger than this: 24H, 7d.'),
  'borg.retention.keep_last': key(whole, rule('last'), undefined, `The newest ${KEPT}.`),
  'borg.retention.keep_hourly': key(whole, rule('hourly'), undefined, `Hourly ${KEPT}.`),
  'borg.retention.keep_daily': key(whole, rule('daily'), 7, `Daily ${KEPT}.`),
  'borg.retention.keep_weekly': key(whole, rule('weekly'), 4, `Weekly ${KEPT}.`),
  'borg.retention.keep_monthly': key(whole, rule('monthly'), 6, `Monthly ${KEPT}.`),
  'borg.retention.keep_yearly': key(whole, rule('yearly'), 2, `Yearly ${KEPT}.`),

  'aws.s3_bucket': key(text, asIs<string>, undefined, 'The bucket for off-site copies.', INERT),
  'aws.region': key(text, asIs<string>, undefined, 'The region of the bucket and the tables.'),
  'aws.profile': key(text, asIs<string>, undefined, 'The profile of the AWS credentials.'),
  'aws.dynamodb_repos_table': key(
    text,
    asIs<string>,
    undefined,
    'The DynamoDB table that the records of repos are also written to, customarily bb-repos; without it none is.',
  ),
  'aws.dynamodb_archives_table': key(
    text,
    asIs<string>,
    undefined,
    'The DynamoDB table that archives are written to besides, customarily bb-archives; without it none is.',
  ),

  'ui.theme': key(text, asIs<string>, undefined, 'Colours of BorgBoi 1.x.', INERT),
  'ui.show_progress': key(flag, asIs<boolean>, undefined, 'Progress is shown on a terminal; --quiet hides it.', INERT),
  'ui.color_output': key(flag, asIs<boolean>, undefined, 'Colour is used on a terminal unless NO_COLOR is set.', INERT),
  'ui.table_style': key(text, asIs<string>, undefined, 'Tables of BorgBoi 1.x.', INERT),
  'logging.enabled': key(flag, asIs<boolean>, undefined, 'Runs are kept as run history, always.', INERT),
  'logging.level': key(text, asIs<string>, undefined, 'How much BorgBoi 1.x logged.', INERT),
  'logging.max_bytes': key(amount, size, undefined, 'The largest log file of BorgBoi 1.x.', INERT),
  'logging.backup_count': key(whole, asIs<number>, undefined, 'How many log files BorgBoi 1.x kept.', INERT),
  'telemetry.enabled': key(flag, asIs<boolean>, undefined, 'Tracing of BorgBoi 1.x.', INERT),
  'telemetry.service_name': key(text, asIs<string>, undefined, 'Its name in traces.', INERT),
  'telemetry.trace_endpoint': key(text, asIs<string>, undefined, 'Where traces went.', INERT),
  'telemetry.export_logs': key(flag, asIs<boolean>, undefined, 'Whether logs went there too.', INERT),
  'telemetry.logs_endpoint': key(text, asIs<string>, undefined, 'Where logs went.', INERT),
  'telemetry.capture_tui': key(flag, asIs<boolean>, undefined, 'Whether the text interface was traced.', INERT),
} as const satisfies Record<string, Key<unknown>>

export type ConfigKey = keyof typeof KEYS

export const CONFIG_KEYS = Object.keys(KEYS) as readonly ConfigKey[]

/** The variable that sets a key: `BORGBOI_BORG__LOCK_WAIT`. */
export function environmentName(name: ConfigKey): string {
  return `BORGBOI_${name.toUpperCase().replaceAll('.', '__')}`
}

type Value<K extends ConfigKey> = ReturnType<(typeof KEYS)[K]['parse']>
type WithDefault = { [K in ConfigKey]: (typeof KEYS)[K]['fallback'] extends undefined ? never : K }[ConfigKey]

/** Effective values by dotted key. */
export type Values = { readonly [K in WithDefault]: Value<K> } & {
  readonly [K in Exclude<ConfigKey, WithDefault>]?: Value<K>
}

/** The keys right below a section, without its name. */
type Section<Name extends string> = {
  readonly [K in keyof Values as K extends `${Name}.${infer Rest}`
    ? Rest extends `${string}.${string}`
      ? never
      : Rest
    : never]: Values[K]
}

/**
 * The effective configuration, in the words of the file. Spans are milliseconds, but `checkpoint_interval`, which is
 * Borg's, is seconds; sizes are bytes, 0 for none.
 */
export interface Config extends Pick<Values, 'offline' | 'debug'> {
  readonly aws: Section<'aws'>
  readonly borg: Section<'borg'> & { readonly retention: RetentionPolicy }
}
