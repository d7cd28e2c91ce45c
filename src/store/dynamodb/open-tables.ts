// The tables as they are configured, on one client. The only way into this folder, so that the SDK is loaded by those
// alone who use it: it takes longer to load than most commands take to run.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Clock, Host, RepoStore } from '../../deps.ts'
import { optional } from '../../model/repo.ts'
import type { TableSettings } from '../lazy-tables.ts'
import { ArchiveTable } from './archive-table.ts'
import { DynamoDbRepoStore } from './dynamodb-repo-store.ts'
import { RepoTable } from './repo-table.ts'

const CONNECT_MS = 2000
/** From a request to its answer: a page of a scan is one megabyte at most. */
const REQUEST_MS = 10_000
const ATTEMPTS = 2

export interface Tables {
  readonly repos: RepoTable
  /** The same table as the store of this host's repos. */
  readonly store: RepoStore
  readonly archives?: ArchiveTable
  /** Ends what is under way. */
  close(): void
}

/** Credentials, and the endpoint where it is another, are found by the SDK in its own variables and files. */
export function openTables(settings: TableSettings, { clock, host }: { clock: Clock; host: Host }): Tables {
  const client = new DynamoDBClient({
    ...optional('region', settings.region),
    ...optional('profile', settings.profile),
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      throwOnRequestTimeout: true,
    },
  })
  const repos = new RepoTable(client, settings.repos, host)
  const { archives } = settings
  return {
    repos,
    store: new DynamoDbRepoStore(repos, { hostname: host.hostname, clock }),
    ...optional('archives', archives === undefined ? undefined : new ArchiveTable(client, archives)),
    close: () => client.destroy(),
  }
}
