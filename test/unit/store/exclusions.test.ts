// Exclusions files of the home.

import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import { FileExclusionStore } from '../../../src/store/exclusions.ts'
import { tempDir } from '../../support/temp-dir.ts'

const docs = parseRepoName('docs')

async function exclusions(): Promise<FileExclusionStore> {
  return new FileExclusionStore(join(await tempDir(), 'home', 'data'))
}

test('no file is needed', async () => {
  const store = await exclusions()

  expect(await store.read(docs)).toBeUndefined()
  expect(await store.patterns(docs)).toEqual([])
})

test('what is written is read back, for each repo and for all of them apart', async () => {
  const store = await exclusions()

  await store.write(docs, '# mine\n*.tmp\n')
  await store.write('shared', 'sh:**/node_modules\n\npp:/home/me/.cache\n')

  expect(await store.read(docs)).toBe('# mine\n*.tmp\n')
  expect(await store.patterns(docs)).toEqual(['*.tmp'])
  expect(await store.patterns('shared')).toEqual(['sh:**/node_modules', 'pp:/home/me/.cache'])
  expect((await stat(store.path(docs))).mode & 0o777).toBe(0o600)
})

test('a file kept elsewhere is read by its path, and one that is not there is told', async () => {
  const store = await exclusions()
  const path = join(await tempDir(), 'other.txt')
  await writeFile(path, '*.bak\n')

  expect(await store.readOther(path)).toBe('*.bak\n')
  await expect(store.readOther(`${path}.gone`)).rejects.toMatchObject({ code: 'file-unusable' })
})

test('a bad pattern is refused with its file and line', async () => {
  const store = await exclusions()
  await store.write(docs, '*.tmp\n# fine\nre:(\n')

  await expect(store.patterns(docs)).rejects.toMatchObject({
    code: 'value-invalid',
    message: expect.stringContaining(store.path(docs)),
    reason: expect.stringContaining('line 3'),
  })
})

test('a file where the directory should be is reported as such', async () => {
  const directory = await tempDir()
  await writeFile(join(directory, 'exclusions'), '')
  const store = new FileExclusionStore(directory)

  await expect(store.write(docs, '')).rejects.toMatchObject({ code: 'file-unusable' })
})
