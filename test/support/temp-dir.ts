// A fresh directory per test, gone when the test is over.

import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Call it inside a test. */
export async function tempDir(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'borgboi-test-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
