// A store on a disk without space. It takes a small file system of its own, which only root on Linux can mount.

import { spawnSync } from 'node:child_process'
import { readFile, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openStore, sampleRecord } from '../support/store-samples.ts'
import { tempDir } from '../support/temp-dir.ts'

/** The disk's path; where there can be none the test is skipped and says why, except on root's CI. */
async function smallDisk(skip: (note: string) => never): Promise<string> {
  const path = await tempDir()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { encoding: 'utf8' })
  if (mounted.status === 0) {
    onTestFinished(() => void spawnSync('umount', ['--lazy', path]))
    return path
  }
  const reason = `no small disk can be mounted here: ${mounted.error?.message ?? mounted.stderr.trim()}`
  const owed = process.env['CI'] === 'true' && process.platform === 'linux' && process.getuid?.() === 0
  if (owed) throw new Error(reason)
  console.warn(`SKIPPED: a full disk cannot be tried: ${reason}`)
  return skip(reason)
}

async function fill(disk: string, leaveBlocks: number): Promise<void> {
  const { bavail, bsize } = await statfs(disk)
  await writeFile(join(disk, 'filling'), Buffer.alloc((bavail - leaveBlocks) * bsize))
}

// With 0 blocks left the lock cannot be taken; with 1 it can, and the new file finds no room.
test.for([0, 1])(
  'with %i blocks left on the disk a write fails and the store stays as it was',
  async (blocks, { skip }) => {
    const disk = await smallDisk(skip)
    const { store } = openStore(join(disk, 'data'))
    const docs = sampleRecord('docs')
    await store.add(docs)
    const before = await readFile(join(disk, 'data', 'repositories.json'))
    await fill(disk, blocks)

    const adding = store.add(sampleRecord('photos', { sources: [`/${'long/'.repeat(1000)}`] }))

    await expect(adding).rejects.toMatchObject({ code: 'disk-full', exitCode: 1 })
    expect(await readFile(join(disk, 'data', 'repositories.json'))).toEqual(before)
    expect(await store.list()).toEqual([docs])
    expect((await store.check()).problems).toEqual([])
  },
)
