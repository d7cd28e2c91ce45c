// Every vault keeps the one contract.

import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { MemoryVault } from '../fakes/memory-vault.ts'
import { newVaultAt } from '../support/directory-vault.ts'
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
