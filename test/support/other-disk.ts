// A second file system, where this machine has one that anybody may write to.

import { mkdtemp, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory on another file system than that of temporary directories. */
export const otherDisk = await findOtherDisk()

async function findOtherDisk(): Promise<string | undefined> {
  for (const path of ['/dev/shm', '/var/tmp', process.cwd()]) {
    const facts = await stat(path).catch(() => undefined)
    if (facts && facts.dev !== (await stat(tmpdir())).dev) return path
  }
  return undefined
}

/** A new directory there, gone when the test is over. */
export async function farawayDir(): Promise<string> {
  const path = await realpath(await mkdtemp(join(otherDisk ?? '', 'borgboi-test-')))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}
