// placeholder type until the config adapter lands
import type { Compression } from '../model/compression.ts'
import type { RetentionPolicy } from '../model/retention.ts'

/** The effective configuration, in the words of the file. */
export interface Config {
  readonly offline: boolean
  readonly debug: boolean
  readonly aws: {
    readonly s3_bucket?: string
    readonly dynamodb_repos_table: string
    readonly dynamodb_archives_table: string
    readonly region?: string
    readonly profile?: string
  }
  readonly borg: {
    readonly executable_path: string
    readonly compression: Compression
    /** Seconds. */
    readonly checkpoint_interval: number
    /** Bytes; 0 for none. */
    readonly storage_quota: number
    /** Bytes. */
    readonly additional_free_space: number
    /** Milliseconds. */
    readonly lock_wait: number
    readonly retention: RetentionPolicy
    readonly borg_passphrase?: string
  }
}
