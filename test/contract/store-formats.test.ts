// A store that an older borgboi wrote is read and taken over; the fixtures are files as those versions wrote them.

import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseRepoName, parseVaultName } from '../../src/model/names.ts'
import { openStore } from '../support/store-samples.ts'
import { tempDir } from '../support/temp-dir.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/store')
const docs = parseRepoName('docs')

async function storeFrom(fixture: string) {
  const directory = await tempDir()
  const path = join(directory, 'repositories.json')
  await copyFile(join(FIXTURES, fixture), path)
  return { path, ...openStore(directory) }
}

describe.each([1, 2])('a store of format %i', (format) => {
  const open = () => storeFrom(`format-${format}.json`)

  test('is read, is healthy, and reading it changes nothing', async () => {
    const { store, path, events } = await open()
    const before = await readFile(path)

    const records = await store.list()

    expect(records.map((record) => record.name)).toEqual(['Bücher', 'docs', 'docs-copy'])
    expect(await store.getByPath('/srv/borg/docs')).toEqual(records[1])
    expect(await store.getByBorgId('d'.repeat(64))).toEqual(records.slice(1))
    expect(records[1]).toMatchObject({ retention: { daily: 7, weekly: 4 }, reclaimableBytes: 1048576 })
    expect(await store.check()).toMatchObject({ revision: 12, repos: 3, problems: [] })
    expect(events).toEqual([])
    expect(await readFile(path)).toEqual(before)
  })

  test('is of format 3 after the next write, and stays as the backup copy', async () => {
    const { store, path } = await open()
    const [before, records] = [await readFile(path), await store.list()]

    await store.update(docs, (current) => ({ ...current, vault: parseVaultName('nas') }))

    expect(await readFile(path, 'utf8')).toMatch(/^\{"format":3,/)
    expect(await readFile(`${path}.bak`)).toEqual(before)
    expect(await store.list()).toEqual(
      records.map((record) => (record.name === docs ? { ...record, vault: 'nas' } : record)),
    )
    expect(await store.check()).toMatchObject({ revision: 13, repos: 3, problems: [] })
  })

  test('has nothing to rebuild', async () => {
    const { store, path } = await open()
    const before = await readFile(path)

    const { recovered, dropped } = await store.rebuild({ dryRun: false })

    expect({ recovered, dropped }).toEqual({ recovered: ['Bücher', 'docs', 'docs-copy'], dropped: [] })
    expect(await readFile(path)).toEqual(before)
  })
})
