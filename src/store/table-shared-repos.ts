// The repos of all hosts that write to one DynamoDB table, those of BorgBoi 1.x among them.

import type { ConfigSource, SharedRepos } from '../deps.ts'
import { AppError } from '../errors.ts'
import type { SharedRepo } from '../model/shared-repo.ts'
import type { LazyTables } from './lazy-tables.ts'

export class TableSharedRepos implements SharedRepos {
  readonly #tables: LazyTables
  readonly #config: Pick<ConfigSource, 'load'>

  constructor(tables: LazyTables, config: Pick<ConfigSource, 'load'>) {
    this.#tables = tables
    this.#config = config
  }

  async list(): Promise<readonly SharedRepo[]> {
    const settings = await this.#tables.settings()
    if (settings === undefined) throw (await this.#config.load()).offline ? refuseOffline() : refuseUnset()
    const { repos } = await this.#tables.open(settings)
    return (await repos.items()).flatMap(({ summary }) => summary ?? [])
  }
}

function refuseOffline(): AppError {
  return new AppError('offline', 'cannot list the repos of all hosts', {
    reason: 'they are in a DynamoDB table, and the configuration says offline',
    hint: 'set offline: false, or list those of this host with: borgboi repo list',
  })
}

function refuseUnset(): AppError {
  return new AppError('usage-invalid', 'cannot list the repos of all hosts', {
    reason: 'hosts share their repos in a DynamoDB table, and none is configured',
    hint: 'set aws.dynamodb_repos_table (customarily bb-repos) and aws.region, and aws.profile where you use profiles',
  })
}
