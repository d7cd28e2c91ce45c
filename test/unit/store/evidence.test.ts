// Evidence, kept as a file a kind.

import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import { FileEvidenceStore } from '../../../src/store/evidence.ts'
import { tempDir } from '../../support/temp-dir.ts'

const [docs, notes] = [parseRepoName('docs'), parseRepoName('notes')]
const SEEN = { at: '2026-11-20T02:30:00.000Z', repoId: 'a'.repeat(64) }
const check = { ...SEEN, result: 'good' } as const
const copy = { ...SEEN, vault: 'nas', generation: 3 }

async function store() {
  const directory = join(await tempDir(), 'home', 'data')
  return { evidence: new FileEvidenceStore(directory), files: join(directory, 'evidence', 'docs') }
}

test('nothing is known of a repo that nothing was seen of', async () => {
  expect(await (await store()).evidence.read(docs)).toEqual({})
})

test('what was seen comes back, and takes the place of what was seen before', async () => {
  const { evidence } = await store()
  await evidence.keep(docs, { check: { ...check, result: 'damaged' }, copy })

  await evidence.keep(docs, { check })

  expect(await evidence.read(docs)).toEqual({ check, copy })
  expect(await evidence.read(notes)).toEqual({})
})

test('what is damaged, of a newer format, or none proves nothing', async () => {
  const { evidence, files } = await store()
  await evidence.keep(docs, { check, copy })
  await truncate(join(files, 'check.json'), 10)
  await writeFile(join(files, 'copy.json'), JSON.stringify({ format: 2, ...copy }))
  await writeFile(join(files, 'verification.json'), 'null')
  await writeFile(join(files, 'notes.txt'), 'junk')

  expect(await evidence.read(docs)).toEqual({})
})

test('it follows a repo to another name', async () => {
  const { evidence, files } = await store()
  await evidence.keep(docs, { check })

  await evidence.share(docs, notes)
  const moved = await evidence.unshare(docs, notes)

  expect(moved).toBe(1)
  expect(await evidence.read(notes)).toEqual({ check })
  await expect(readdir(files)).rejects.toThrow('ENOENT')
})
