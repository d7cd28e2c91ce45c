// A vault in a directory that time has passed for.

import { readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'

/** As if everything in it had been there for so much longer. */
export function ageVault(root: string, ms: number): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const seconds = (statSync(path).mtimeMs - ms) / 1000
    utimesSync(path, seconds, seconds)
  }
}
