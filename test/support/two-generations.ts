// A repository of the Borg under test and what its files were at two times: before and after an archive was deleted, one
// was added and the rest compacted. And an empty vault for what is made of them.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Vault } from '../../src/vault/vault.ts'
import { BorgRepository } from './borg-repository.ts'
import { newVaultAt } from './directory-vault.ts'
import { filesOfRepository, type RepositoryFiles } from './generations.ts'
import { suiteDir, tempDir } from './temp-dir.ts'

export interface TwoGenerations {
  readonly borg: BorgRepository
  readonly repoId: string
  /** With the archives `one` and `two`. */
  readonly first: RepositoryFiles
  /** With the archives `two` and `three`: what the repository is now. */
  readonly second: RepositoryFiles
}

/** For a whole suite: nothing may write to the repository. */
export async function twoGenerations(): Promise<TwoGenerations> {
  const borg = new BorgRepository(await suiteDir())
  borg.createArchive('one')
  borg.createArchive('two')
  const first = filesOfRepository(borg.directory)
  borg.run('delete', `${borg.directory}::one`)
  borg.createArchive('three')
  borg.run('compact', borg.directory)
  return { borg, repoId: borg.borgId, first, second: filesOfRepository(borg.directory) }
}

/** A new directory with an empty vault in it. */
export async function directoryWithVault(): Promise<{ directory: string; vaultRoot: string; vault: Vault }> {
  const directory = await tempDir()
  const vaultRoot = join(directory, 'vault')
  mkdirSync(vaultRoot)
  return { directory, vaultRoot, vault: await newVaultAt(vaultRoot) }
}
