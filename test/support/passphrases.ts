// Passphrase keepers and key files for tests.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { AppEvent } from '../../src/model/events.ts'
import { SecretText } from '../../src/model/secret.ts'
import { FilePassphraseKeeper } from '../../src/passphrase/keeper.ts'
import { tempDir } from './temp-dir.ts'

export interface Given {
  readonly env?: Record<string, string>
  readonly existing?: string
  readonly forNew?: string
  readonly trustedUids?: readonly number[]
}

/** A keeper in a home of its own, with everything it tells. */
export async function setUp({ env = {}, existing, forNew, trustedUids = [process.geteuid?.() ?? 0, 0] }: Given = {}) {
  const directory = join(await tempDir(), 'passphrases')
  const events: AppEvent[] = []
  const keeper = new FilePassphraseKeeper({
    directory,
    env,
    trustedUids,
    events: (event) => events.push(event),
    configured: async () => ({
      existing: existing === undefined ? undefined : new SecretText(existing),
      forNew: forNew === undefined ? undefined : new SecretText(forNew),
    }),
  })
  return { directory, keeper, events }
}

/** A file at `path` with exactly that content and mode, its directory private. */
export async function keyFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, content)
  await chmod(path, mode)
  return path
}
