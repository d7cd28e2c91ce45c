// Every store keeps the one contract.

import { join } from 'node:path'
import { describe } from 'vitest'
import { MemoryRepoStore } from '../fakes/memory-repo-store.ts'
import { openStore } from '../support/store-samples.ts'
import { tempDir } from '../support/temp-dir.ts'
import { repoStoreContract } from './repo-store.contract.ts'

describe('the store in memory', () => {
  repoStoreContract(async () => new MemoryRepoStore())
})

describe('the store in a JSON file', () => {
  // A home that does not exist yet.
  repoStoreContract(async () => openStore(join(await tempDir(), 'home', 'data')).store)
})
