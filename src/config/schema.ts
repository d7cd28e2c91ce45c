// Every configuration key, one entry each: how it may be written, its default, what it does, what it becomes. The
// rules of values are the model's; this file only says which rule holds for which key.

import { parseCompression } from '../model/compression.ts'
import { parseLogLevel } from '../model/log-level.ts'
import { parseMetricsPath } from '../model/metrics-path.ts'
import { parseCollectorAddress } from '../model/notifier.ts'
import { parseScratch } from '../model/proofs.ts'
import { parseQuota } from '../model/quantities.ts'
import type { RetentionPolicy } from '../model/retention.ts'
import { SecretText } from '../model/secret.ts'
import {
  amount,
  asIs,
  count,
  drillFrom,
  flag,
  type Key,
  key,
  objective,
  positive,
  rule,
  share,
  size,
  span,
  text,
  wait,
  whole,
} from './key.ts'
import type { NotifierConfig } from './notifier-keys.ts'
import type { Hooks, RepoConfig } from './repo-keys.ts'
import { thingKeyOf } from './sections.ts'
import type { VaultConfig } from './vault-keys.ts'

export type { Hooks, NotifierConfig, VaultConfig }

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
    (written) => wait(written) / 1000,
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
  'borg.lock_wait': key(amount, wait, '5s', 'How long to wait for another process that uses the repository.'),
  'borg.one_file_system': key(flag, asIs<boolean>, false, 'Stay on the file system of each source.'),
  'borg.exclude_caches': key(flag, asIs<boolean>, true, 'Leave out directories tagged as caches (CACHEDIR.TAG).'),
  'borg.compact_after': key(
    amount,
    span,
    '7d',
    'How long backup undo works: compact waits, and so does the next prune.',
  ),
  'borg.compact_reclaimable': key(
    amount,
    size,
    0,
    'Compact sooner when this much can be freed, and end undo; 0: never.',
  ),
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

  'objectives.rpo': key(
    amount,
    objective('rpo'),
    '26h',
    'What is promised: the newest backup, off-site where that is asked for, is never older; none for no promise.',
  ),
  'objectives.verify_within': key(
    amount,
    objective('verify_within'),
    'none',
    'The copy off-site, or without one the repository, is verified at least this often: 30d.',
  ),
  'objectives.drill_every': key(
    amount,
    objective('drill_every'),
    'none',
    'A restore is tried at least this often: 90d.',
  ),
  'objectives.offsite': key(
    text,
    objective('offsite'),
    undefined,
    'required or optional; without it required where a repo has a vault.',
  ),
  'objectives.min_free_space': key(
    amount,
    objective('min_free_space'),
    'none',
    'The disk of the repository has at least this much left: 20G.',
  ),
  'schedule.drill_from': drillFrom(
    'repository',
    'Where scheduled runs restore from when drill_every is nearly over: repository; vault, which downloads a whole generation; none.',
  ),
  'schedule.verify': key(flag, asIs<boolean>, true, 'Whether scheduled runs verify when verify_within is nearly over.'),
  'schedule.scratch': key(
    text,
    (written) => parseScratch(String(written)),
    '/var/tmp',
    'Where scheduled drills restore to, for as long as they take; from a vault that needs the size of the repository.',
  ),
  'breaker.max_change': key(
    text,
    share,
    '50%',
    'When more than this is gone or rewritten from one archive to the next, prune, compact and copies wait for --accept-change; none: never.',
  ),
  'history.max_runs': key(whole, positive, 1000, 'How many runs of each repo the history keeps, at least 1.'),
  'history.max_age': key(
    amount,
    span,
    '1y',
    'How long the history keeps a run; the newest hundred of each repo stay longer.',
  ),

  'metrics.file': key(
    text,
    (written) => parseMetricsPath(String(written)),
    undefined,
    'A file for the textfile collector of node_exporter, ending in .prom, that every run writes; without it none does.',
  ),

  'aws.s3_bucket': key(
    text,
    asIs<string>,
    undefined,
    'The bucket of BorgBoi 1.x; a vault takes its place: borgboi vault add.',
    INERT,
  ),
  'aws.region': key(text, asIs<string>, undefined, 'The region of the tables, and of vaults that name none.'),
  'aws.profile': key(
    text,
    asIs<string>,
    undefined,
    'The profile of the AWS credentials, also of vaults that name none.',
  ),
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

  'hooks.before': key(
    text,
    asIs<string>,
    undefined,
    'A script for /bin/sh, run before a backup or copy of any repo; where it exits with 75, that is skipped.',
  ),
  'hooks.after': key(text, asIs<string>, undefined, 'A script to run after one that worked.'),
  'hooks.on_error': key(text, asIs<string>, undefined, 'A script to run after one that failed.'),
  'hooks.finally': key(text, asIs<string>, undefined, 'A script to run at the end, however it ended.'),
  'hooks.timeout': key(amount, wait, '1h', 'How long a hook may take; then it and all it started is killed.'),

  'ui.theme': key(text, asIs<string>, undefined, 'Colours of BorgBoi 1.x.', INERT),
  'ui.show_progress': key(flag, asIs<boolean>, undefined, 'Progress is shown on a terminal; --quiet hides it.', INERT),
  'ui.color_output': key(flag, asIs<boolean>, undefined, 'Colour is used on a terminal unless NO_COLOR is set.', INERT),
  'ui.table_style': key(text, asIs<string>, undefined, 'Tables of BorgBoi 1.x.', INERT),
  'logging.enabled': key(flag, asIs<boolean>, true, 'Write what runs do into logs/events.jsonl in the home.'),
  'logging.level': key(
    text,
    (written) => parseLogLevel(String(written)),
    'info',
    'The least that is written there: debug (also progress), info, warning, error.',
  ),
  'logging.max_bytes': key(amount, size, '5M', 'A log file that would get larger than this is renamed.'),
  'logging.backup_count': key(count, asIs<number>, 5, 'How many renamed log files are kept.'),
  'telemetry.enabled': key(flag, asIs<boolean>, false, 'Send a trace of every run to an OpenTelemetry collector.'),
  'telemetry.service_name': key(text, asIs<string>, 'borgboi', 'What it is called in traces.'),
  'telemetry.trace_endpoint': key(
    text,
    (written) => parseCollectorAddress(String(written)),
    'http://localhost:4318/v1/traces',
    'Where the collector takes traces, as OTLP over HTTP.',
  ),
  'telemetry.export_logs': key(
    flag,
    asIs<boolean>,
    undefined,
    'Logs are sent nowhere: what runs tell is in logs/events.jsonl.',
    INERT,
  ),
  'telemetry.logs_endpoint': key(text, asIs<string>, undefined, 'Where BorgBoi 1.x sent logs.', INERT),
  'telemetry.capture_tui': key(flag, asIs<boolean>, undefined, 'Whether the text interface was traced.', INERT),
} as const satisfies Record<string, Key<unknown>>

export type ConfigKey = keyof typeof KEYS

export const CONFIG_KEYS = Object.keys(KEYS) as readonly ConfigKey[]

/** The variable that sets a key: `BORGBOI_BORG__LOCK_WAIT`. */
export function environmentName(name: string): string {
  return `BORGBOI_${name.toUpperCase().replaceAll('.', '__').replaceAll('-', '_')}`
}

/** The key of a dotted name, of a thing in a section or not. */
export function keyOf(name: string): Key<unknown> | undefined {
  return Object.hasOwn(KEYS, name) ? KEYS[name as ConfigKey] : thingKeyOf(name)?.key
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
  readonly logging: Section<'logging'>
  readonly borg: Section<'borg'> & { readonly retention: RetentionPolicy }
  readonly breaker: Section<'breaker'>
  readonly history: Section<'history'>
  readonly metrics: Section<'metrics'>
  readonly telemetry: Section<'telemetry'>
  /** By name. */
  readonly notify: Readonly<Record<string, NotifierConfig>>
  readonly objectives: Section<'objectives'>
  readonly schedule: Section<'schedule'>
  /** By name. */
  readonly vaults: Readonly<Record<string, VaultConfig>>
  readonly hooks: Hooks & { readonly timeout: number }
  /** What holds for one repo only, by its name. */
  readonly repos: Readonly<Record<string, RepoConfig>>
}
