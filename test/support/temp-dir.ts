// A fresh directory per test, gone when the test is over.

import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

/** Call it inside a test. */
export async function tempDir(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'borgboi-test-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Call it in `beforeAll`: the directory lives as long as the suite. */
export async function suiteDir(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'borgboi-suite-')))
  afterAll(() => rm(path, { recursive: true, force: true }))
  return path
}
