// Every vault keeps the one contract.

import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { openS3Vault } from '../../src/vault/s3/open-s3-vault.ts'
import { MemoryVault } from '../fakes/memory-vault.ts'
import { newVaultAt } from '../support/directory-vault.ts'
import { leaveUnfinished, makeBucket, s3Context, s3Settings } from '../support/s3-access.ts'
import { type S3Fake, startS3Fake } from '../support/s3-fake/start-s3-fake.ts'
import { s3Server } from '../support/s3-server.ts'
import { tempDir } from '../support/temp-dir.ts'
import { vaultContract } from './vault.contract.ts'

describe('the vault in memory', () => {
  vaultContract(async () => new MemoryVault(), { largeBytes: 20_000_000 })
})

describe('the vault in a directory', () => {
  vaultContract(async () => await newVaultAt(await tempDir()), {
    largeBytes: 150_000_000,
    leaveUnfinished: async (vault, key) => {
      const name = `${encodeURIComponent(key)}.${randomUUID()}`
      await writeFile(join(new URL(vault.url).pathname, '.partial', name), 'half of')
    },
  })
})

describe('the vault in S3, over a server that only pretends', () => {
  let s3: S3Fake
  let vaults = 0
  beforeAll(async () => {
    s3 = await startS3Fake()
  })
  afterAll(() => s3[Symbol.asyncDispose]())

  vaultContract(() => openS3Vault(s3Settings(s3, `s3://${s3.bucket}/${++vaults}`), s3Context(s3)), {
    largeBytes: 120_000_000,
    leaveUnfinished: (vault, key) => leaveUnfinished(s3, vault, key),
  })
})

const server = s3Server()
describe.skipIf(server === undefined)('the vault in S3, on a real server (NEEDS BORGBOI_TEST_S3_ENV)', () => {
  if (server === undefined) return
  let bucket: string
  let vaults = 0
  beforeAll(async () => {
    bucket = await makeBucket(server)
  })

  vaultContract(() => openS3Vault(s3Settings(server, `s3://${bucket}/${++vaults}`), s3Context(server)), {
    largeBytes: 120_000_000,
    leaveUnfinished: (vault, key) => leaveUnfinished(server, vault, key),
  })
})
