// Every vault keeps the one contract.

import { describe } from 'vitest'
import { MemoryVault } from '../fakes/memory-vault.ts'
import { vaultContract } from './vault.contract.ts'

describe('the vault in memory', () => {
  vaultContract(async () => new MemoryVault(), { largeBytes: 20_000_000 })
})
