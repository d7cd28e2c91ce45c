// Fresh directories, per test or per suite, gone when it is over.

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

const suiteDirs: string[] = []

// Registered here, for the whole test file: a hook that another hook registers never runs.
afterAll(async () => {
  for (const path of suiteDirs) await rm(path, { recursive: true, force: true })
})

/** Call it in `beforeAll`: the directory lives as long as the test file's run. */
export async function suiteDir(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'borgboi-suite-')))
  suiteDirs.push(path)
  return path
}
