// Vaults in temporary directories.

import { systemClock } from '../../src/platform/clock.ts'
import { FilesystemVault } from '../../src/vault/filesystem/filesystem-vault.ts'
import { markVault } from '../../src/vault/filesystem/marker.ts'
import { tempDir } from './temp-dir.ts'

/** The vault of a directory, marked as one or not. */
export function vaultAt(root: string, stop: AbortSignal = new AbortController().signal): FilesystemVault {
  return new FilesystemVault({ url: `file://${root}`, root, clock: systemClock, host: { hostname: 'anna' }, stop })
}

/** A new vault without objects. Call it inside a test. */
export async function directoryVault(): Promise<{ readonly root: string; readonly vault: FilesystemVault }> {
  const root = await tempDir()
  await markVault(root, true, new Date())
  return { root, vault: vaultAt(root) }
}
