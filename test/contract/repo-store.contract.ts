// What every RepoStore promises; see deps.ts.

import { expect, test } from 'vitest'
import type { RepoStore } from '../../src/deps.ts'
import { parseRepoName } from '../../src/model/names.ts'
import { sampleRecord } from '../support/store-samples.ts'

/** `open` gives a store in which nothing was ever recorded. Not every store counts its writes. */
export function repoStoreContract(open: () => Promise<RepoStore>, { countsWrites = true } = {}): void {
  const docs = sampleRecord('docs')
  const photos = sampleRecord('photos')

  test('a store that was never written to is empty and healthy', async () => {
    const store = await open()

    const records = await store.list()

    expect(records).toEqual([])
    expect(await store.check()).toMatchObject({ revision: 0, repos: 0, problems: [] })
  })

  test('an added record is found by name, path and Borg id', async () => {
    const store = await open()

    await store.add(docs)

    expect(await store.get(docs.name)).toEqual(docs)
    expect(await store.getByPath(docs.path)).toEqual(docs)
    expect(await store.getByBorgId(docs.borgId)).toEqual([docs])
  })

  test('what is not recorded is not found, even under names that every object has', async () => {
    const store = await open()
    await store.add(docs)

    const found = [
      await store.get(parseRepoName('constructor')),
      await store.get(photos.name),
      await store.getByPath('constructor'),
      await store.getByPath('/srv/borg'),
      ...(await store.getByBorgId('toString')),
    ]

    expect(found.filter((record) => record !== undefined)).toEqual([])
  })

  test('a repo may be called constructor or 007', async () => {
    const store = await open()
    const [odd, bond] = [sampleRecord('constructor'), sampleRecord('007')]

    await store.add(odd)
    await store.add(bond)

    expect(await store.get(odd.name)).toEqual(odd)
    expect(await store.list()).toEqual([bond, odd])
  })

  test('records are listed in the order of names, whatever the order they came in', async () => {
    const store = await open()

    for (const name of ['m', '9', 'a', 'B', '10', 'ü']) await store.add(sampleRecord(name))

    expect((await store.list()).map((record) => record.name)).toEqual(['10', '9', 'B', 'a', 'm', 'ü'])
  })

  test('two repos may be copies of one Borg repository', async () => {
    const store = await open()
    const copy = sampleRecord('copy', { borgId: docs.borgId })

    await store.add(docs)
    await store.add(copy)

    expect(await store.getByBorgId(docs.borgId)).toEqual([copy, docs])
  })

  test('a name or a path that is recorded already is refused, and nothing changes', async () => {
    const store = await open()
    await store.add(docs)

    const refusals = await Promise.allSettled([
      store.add({ ...photos, name: docs.name }),
      store.add({ ...photos, path: docs.path }),
    ])

    expect(refusals).toMatchObject([{ reason: { code: 'repo-exists' } }, { reason: { code: 'repo-exists' } }])
    expect(await store.list()).toEqual([docs])
  })

  test('a record that breaks the rules of the model is refused', async () => {
    const store = await open()

    const adding = store.add({ ...docs, borgId: 'nonsense' })

    await expect(adding).rejects.toMatchObject({ code: 'value-invalid' })
    expect(await store.list()).toEqual([])
  })

  test('an update changes the newest state and resolves to what is stored', async () => {
    const store = await open()
    await store.add(docs)

    await store.update(docs.name, (current) => ({ ...current, reclaimableBytes: 1 }))
    const stored = await store.update(docs.name, (current) => ({
      ...current,
      reclaimableBytes: (current.reclaimableBytes ?? 0) + 1,
    }))

    expect(stored.reclaimableBytes).toBe(2)
    expect(await store.get(docs.name)).toEqual(stored)
  })

  test('an update may move and rename a repo', async () => {
    const store = await open()
    await store.add(docs)

    const moved = await store.update(docs.name, (current) => ({ ...current, name: photos.name, path: photos.path }))

    expect(await store.list()).toEqual([moved])
    expect(await store.getByPath(docs.path)).toBeUndefined()
    expect(await store.getByPath(photos.path)).toEqual(moved)
  })

  test('an update to the name or path of another repo is refused', async () => {
    const store = await open()
    await store.add(docs)
    await store.add(photos)

    const refusals = await Promise.allSettled([
      store.update(docs.name, (current) => ({ ...current, name: photos.name })),
      store.update(docs.name, (current) => ({ ...current, path: photos.path })),
    ])

    expect(refusals).toMatchObject([{ reason: { code: 'repo-exists' } }, { reason: { code: 'repo-exists' } }])
    expect(await store.list()).toEqual([docs, photos])
  })

  test('an update whose change throws changes nothing', async () => {
    const store = await open()
    await store.add(docs)

    const updating = store.update(docs.name, () => {
      throw new Error('on purpose')
    })

    await expect(updating).rejects.toThrow('on purpose')
    expect(await store.list()).toEqual([docs])
  })

  test('a removed repo is gone, and its name and path are free', async () => {
    const store = await open()
    await store.add(docs)

    await store.remove(docs.name)

    expect(await store.list()).toEqual([])
    await expect(store.add(docs)).resolves.toBeUndefined()
  })

  test('updating and removing what is not recorded is refused', async () => {
    const store = await open()

    await expect(store.update(docs.name, (current) => current)).rejects.toMatchObject({ code: 'repo-unknown' })
    await expect(store.remove(docs.name)).rejects.toMatchObject({ code: 'repo-unknown' })
  })

  test('writes at the same time all count', async () => {
    const store = await open()
    await store.add(docs)

    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.update(docs.name, (current) => ({ ...current, reclaimableBytes: (current.reclaimableBytes ?? 0) + 1 })),
      ),
    )

    expect((await store.get(docs.name))?.reclaimableBytes).toBe(10)
  })

  if (countsWrites) {
    test('every write raises the revision', async () => {
      const store = await open()

      await store.add(docs)
      const first = (await store.check()).revision
      await store.remove(docs.name)

      expect((await store.check()).revision).toBe(first + 1)
    })
  }

  test('rebuilding a healthy store keeps every record and drops none', async () => {
    const store = await open()
    await store.add(docs)

    const rebuilt = await store.rebuild({ dryRun: false })

    expect(rebuilt).toMatchObject({ recovered: ['docs'], dropped: [] })
    expect(rebuilt.source).toBeDefined()
    expect(await store.list()).toEqual([docs])
  })

  test('there is nothing to rebuild where nothing was ever recorded', async () => {
    const store = await open()

    expect(await store.rebuild({ dryRun: false })).toEqual({ recovered: [], dropped: [] })
  })
}
