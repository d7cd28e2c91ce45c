// A plain mirror of a repository in a bucket, as `aws s3 sync` makes it: every file under its own name.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Vault } from '../../src/vault/vault.ts'
import { contentOf } from './contents.ts'

export async function mirrorTo(vault: Vault, directory: string): Promise<void> {
  for (const path of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const file = join(directory, path)
    if (statSync(file).isFile()) await vault.put(path, contentOf(readFileSync(file)), 'any')
  }
}
