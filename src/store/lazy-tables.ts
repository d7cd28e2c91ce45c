// Which DynamoDB tables are configured, and the tables themselves once somebody uses them.

import type { Clock, ConfigSource, Host } from '../deps.ts'
import { optional } from '../model/repo.ts'
import type { Tables } from './dynamodb/open-tables.ts'

export interface TableSettings {
  readonly repos: string
  readonly archives?: string
  readonly region?: string
  readonly profile?: string
}

export interface LazyTablesOptions {
  readonly config: Pick<ConfigSource, 'load'>
  readonly clock: Clock
  readonly host: Host
}

export class LazyTables {
  readonly #options: LazyTablesOptions
  #opened: Promise<Tables> | undefined

  constructor(options: LazyTablesOptions) {
    this.#options = options
  }

  /** Undefined where no table is configured, and where the configuration says offline. Loads nothing. */
  async settings(): Promise<TableSettings | undefined> {
    const { offline, aws } = await this.#options.config.load()
    if (offline || aws.dynamodb_repos_table === undefined) return undefined
    return {
      repos: aws.dynamodb_repos_table,
      ...optional('archives', aws.dynamodb_archives_table),
      ...optional('region', aws.region),
      ...optional('profile', aws.profile),
    }
  }

  /** Connects lazily: errors come from the first request. */
  async open(settings: TableSettings): Promise<Tables> {
    this.#opened ??= import('./dynamodb/open-tables.ts').then(({ openTables }) => openTables(settings, this.#options))
    return await this.#opened
  }
}
