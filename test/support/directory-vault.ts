// Vaults in directories, also for processes that are no tests.

import { systemClock } from '../../src/platform/clock.ts'
import { FilesystemVault } from '../../src/vault/filesystem/filesystem-vault.ts'
import { markVault } from '../../src/vault/filesystem/marker.ts'

/** The vault of a directory, whether or not it is marked as one. */
export function vaultAt(root: string, stop: AbortSignal = new AbortController().signal): FilesystemVault {
  return new FilesystemVault({ url: `file://${root}`, root, clock: systemClock, host: { hostname: 'anna' }, stop })
}

/** Makes the directory a vault. */
export async function newVaultAt(root: string): Promise<FilesystemVault> {
  await markVault(root, 'new', new Date())
  return vaultAt(root)
}
