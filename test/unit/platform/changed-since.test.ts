// Whether anything below directories changed, by the times that the file system itself sets.

import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { changedSince } from '../../../src/platform/changed-since.ts'
import { tempDir } from '../../support/temp-dir.ts'

const OPTIONS = { oneFileSystem: false, onEntries: () => {}, stop: new AbortController().signal }
const DAY_MS = 86_400_000

async function tree() {
  const root = await tempDir()
  await mkdir(join(root, 'sub', 'deep'), { recursive: true })
  await writeFile(join(root, 'sub', 'deep', 'a.txt'), 'alpha')
  await writeFile(join(root, 'b.txt'), 'beta')
  return root
}

/** A moment after all that has happened, whatever the grain of the file system's times. */
async function later(): Promise<Date> {
  await new Promise((resolve) => setTimeout(resolve, 20))
  const now = new Date()
  await new Promise((resolve) => setTimeout(resolve, 20))
  return now
}

test('nothing has changed since a moment after the last change', async () => {
  const root = await tree()
  const seen: number[] = []
  for (let index = 0; index < 1000; index++) await writeFile(join(root, `f${index}`), '')

  const found = await changedSince([root], await later(), { ...OPTIONS, onEntries: (entries) => seen.push(entries) })

  expect(found).toBeUndefined()
  expect(seen).toEqual([1000])
})

test.each<[string, (root: string) => Promise<void>, string]>([
  ['a file that was written', (root) => writeFile(join(root, 'sub/deep/a.txt'), 'other'), 'sub/deep/a.txt'],
  ['a file that came', (root) => writeFile(join(root, 'sub/new'), ''), 'sub'],
  ['a file that went', (root) => rm(join(root, 'sub/deep/a.txt')), 'sub/deep'],
  ['a file whose time was set back', (root) => utimes(join(root, 'b.txt'), 0, 0), 'b.txt'],
  ['a directory that was moved', (root) => rename(join(root, 'sub/deep'), join(root, 'sub/low')), 'sub'],
])('%s is found', async (_, change, path) => {
  const root = await tree()
  const since = await later()

  await change(root)

  expect(await changedSince([root], since, OPTIONS)).toBe(join(root, path))
})

test('a source that is not there counts as changed', async () => {
  const gone = join(await tempDir(), 'gone')

  expect(await changedSince([gone], new Date(), OPTIONS)).toBe(gone)
})

test('a name that is not UTF-8 is looked at', async () => {
  const root = await tempDir()
  await mkdir(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]))

  expect(await changedSince([root], new Date(Date.now() + DAY_MS), OPTIONS)).toBeUndefined()
})

test('it ends when borgboi is asked to stop', async () => {
  const stop = AbortSignal.abort('SIGTERM')

  await expect(changedSince([await tree()], await later(), { ...OPTIONS, stop })).rejects.toBe('SIGTERM')
})
