// Every store keeps the one contract.

import { join } from 'node:path'
import { beforeAll, describe } from 'vitest'
import { MemoryRepoStore } from '../fakes/memory-repo-store.ts'
import { type DynamoDbServer, openTable, startDynamoDb } from '../support/dynamodb-server.ts'
import { openStore } from '../support/store-samples.ts'
import { synced } from '../support/synced-store.ts'
import { tempDir } from '../support/temp-dir.ts'
import { repoStoreContract } from './repo-store.contract.ts'

describe('the store in memory', () => {
  repoStoreContract(async () => new MemoryRepoStore())
})

describe('the store in a JSON file', () => {
  // A home that does not exist yet.
  repoStoreContract(async () => openStore(join(await tempDir(), 'home', 'data')).store)
})

describe('with DynamoDB', () => {
  let server: DynamoDbServer

  beforeAll(async () => {
    server = await startDynamoDb()
  })

  describe('the store in a table', () => {
    // A table has no place for a count that BorgBoi 1.x would not take for a repo.
    repoStoreContract(async () => openTable(await server.makeTables()).store, { countsWrites: false })
  })

  describe('the store in a JSON file that is brought to tables', () => {
    repoStoreContract(async () => synced(await tempDir(), await server.makeTables()).store)
  })
})
