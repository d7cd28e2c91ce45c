// What a store does about a file that is not what was written: fall back, repair, or refuse; never start empty.

import { globSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { appendFile, copyFile, link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/platform/clock.ts'
import { encodeStore, indexesOf } from '../../src/store/json/document.ts'
import { RepositoriesFile } from '../../src/store/json/repositories-file.ts'
import { openStore, sampleRecord } from '../support/store-samples.ts'
import { tempDir } from '../support/temp-dir.ts'

const docs = sampleRecord('docs')
const photos = sampleRecord('photos')

/** A store of two writes: the backup copy knows docs, the file docs and photos. */
async function twoWrites() {
  const directory = await tempDir()
  const { store } = openStore(directory)
  await store.add(docs)
  await store.add(photos)
  return { directory, path: join(directory, 'repositories.json') }
}

async function quarantined(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.includes('.corrupt-'))
}

/** Every way a file goes bad. */
const damages = [
  { damage: 'empty', inflict: (path: string) => truncate(path, 0) },
  { damage: 'full of NUL bytes', inflict: async (path: string) => await writeFile(path, Buffer.alloc(512)) },
  { damage: 'cut in half', inflict: async (path: string) => await truncate(path, (await readFile(path)).length / 2) },
  { damage: 'no JSON', inflict: (path: string) => writeFile(path, 'repos: [docs]\n') },
  { damage: 'JSON of something else', inflict: (path: string) => writeFile(path, '{"_default":{}}') },
  { damage: 'longer than it was', inflict: (path: string) => appendFile(path, ' ') },
  {
    damage: 'wrong in one letter',
    inflict: async (path: string) => await writeFile(path, (await readFile(path, 'utf8')).replace('/srv/', '/srw/')),
  },
]

describe.each(damages)('a store whose file is $damage', ({ inflict }) => {
  /** The file that goes bad must not be the same file as its backup copy. */
  async function damaged() {
    const { directory, path } = await twoWrites()
    await inflict(path)
    return { directory, path }
  }

  test('reads its backup copy and warns once', async () => {
    const { directory } = await damaged()
    const { store, events } = openStore(directory)

    const records = [await store.list(), await store.list()]

    expect(records).toEqual([[docs], [docs]])
    expect(events).toMatchObject([{ type: 'notice', level: 'warning' }])
  })

  test('is repaired by the next write, which keeps the damaged file', async () => {
    const { directory, path } = await damaged()
    const bytes = await readFile(path)

    await openStore(directory).store.add(photos)

    const { store, events } = openStore(directory)
    expect(await store.list()).toEqual([docs, photos])
    expect(events).toEqual([])
    expect(await store.check()).toMatchObject({ problems: [], repos: 2 })
    const [kept = ''] = await quarantined(directory)
    expect(await readFile(join(directory, kept))).toEqual(bytes)
  })

  test('and whose backup copy is bad too refuses everything, now and later', async () => {
    const { directory, path } = await damaged()
    await truncate(`${path}.bak`, 3)

    for (const attempt of [1, 2, 3]) {
      const { store } = openStore(directory)
      await expect(store.list(), `attempt ${attempt}`).rejects.toMatchObject({
        code: 'store-damaged',
        exitCode: 1,
        hint: expect.stringContaining('borgboi store rebuild'),
      })
      await expect(store.add(sampleRecord('new'))).rejects.toMatchObject({ code: 'store-damaged' })
    }
    expect(await quarantined(directory)).toHaveLength(1)
  })

  test('and that has no backup copy refuses everything', async () => {
    const { directory, path } = await damaged()
    await rm(`${path}.bak`)

    await expect(openStore(directory).store.list()).rejects.toMatchObject({ code: 'store-damaged' })
  })

  test('says what is wrong when it is checked, and changes nothing', async () => {
    const { directory } = await damaged()
    const before = await readdir(directory)

    const health = await openStore(directory).store.check()

    expect(health.problems).toEqual([expect.stringMatching(/^repositories\.json: it/)])
    expect(health).toMatchObject({ repos: 1 })
    expect(await readdir(directory)).toEqual(before)
  })
})

describe('a store whose file is gone', () => {
  test('reads its backup copy and warns', async () => {
    const { directory, path } = await twoWrites()
    await rm(path)
    const { store, events } = openStore(directory)

    expect(await store.list()).toEqual([docs])
    expect(events).toMatchObject([{ level: 'warning' }])
    expect((await store.check()).problems).toEqual(['repositories.json: it is missing'])
  })

  test('keeps its backup copy through the write that brings it back', async () => {
    const { directory, path } = await twoWrites()
    await rm(path)

    await openStore(directory).store.add(photos)

    expect(await openStore(directory).store.list()).toEqual([docs, photos])
  })

  test('refuses when only quarantined files tell that there ever was one', async () => {
    const { directory, path } = await twoWrites()
    await link(path, `${path}.corrupt-20260102T030405000Z`)
    await rm(path)
    await rm(`${path}.bak`)

    await expect(openStore(directory).store.list()).rejects.toMatchObject({ code: 'store-damaged' })
  })
})

describe('a store of a newer borgboi', () => {
  const newer = '{"format":99,"checksum":"blake3:00","revision":9,"repos":{}}\n'

  test.each(['repositories.json', 'repositories.json.bak'])('is refused and not touched: %s', async (name) => {
    const { directory, path } = await twoWrites()
    if (name.endsWith('.bak')) await truncate(path, 0)
    await writeFile(join(directory, name), newer)
    const { store } = openStore(directory)

    await expect(store.list()).rejects.toMatchObject({ code: 'store-newer' })
    await expect(store.add(sampleRecord('new'))).rejects.toMatchObject({ code: 'store-newer' })
    await expect(store.rebuild({ dryRun: false })).rejects.toMatchObject({ code: 'store-newer' })
    expect((await store.check()).problems).toContain(`${name}: it has format 99, of a newer borgboi`)
    expect(await readFile(join(directory, name), 'utf8')).toBe(newer)
  })
})

test('a write that a crash stopped before the rename is not seen, and swept by the next one', async () => {
  const { directory, path } = await twoWrites()
  await writeFile(join(directory, '.repositories.json.1234.tmp'), (await readFile(path)).subarray(0, 100))
  await link(path, `${path}.bak.1234.tmp`)
  const { store, events } = openStore(directory)

  const before = await store.list()
  await store.remove(photos.name)

  expect(before).toEqual([docs, photos])
  expect(events).toEqual([])
  expect((await readdir(directory)).sort()).toEqual(['repositories.json', 'repositories.json.bak'])
})

test('a write that finds the file changed by somebody without the lock starts again from there', async () => {
  const { directory, path } = await twoWrites()
  const { store } = openStore(directory)
  const intruder = sampleRecord('intruder')
  let calls = 0

  await store.update(docs.name, (current) => {
    calls++
    return { ...current, reclaimableBytes: 5 }
  })
  const meddled = store.update(photos.name, (current) => {
    if (++calls === 2) intrude()
    return { ...current, reclaimableBytes: 6 }
  })
  await meddled

  expect(calls).toBe(3)
  expect((await store.list()).map((record) => record.name)).toEqual(['docs', 'intruder', 'photos'])

  function intrude() {
    const repos = [docs, intruder, photos]
    writeFileSync(path, encodeStore({ revision: 40, repos, indexes: indexesOf(repos) }))
  }
})

test('a write whose temporary file the next holder of the lock swept is a conflict, not a fault', async () => {
  const { path } = await twoWrites()
  // Asked at the last moment before the rename, which is when the other process is quicker.
  const lost = Object.defineProperty(new AbortController().signal, 'aborted', {
    get: () => {
      for (const name of globSync(join(dirname(path), '.repositories.json.*.tmp'))) rmSync(name)
      return false
    },
  })
  const file = new RepositoriesFile(path, systemClock, lost)
  const document = await file.read()

  const writing = file.write({ revision: 3, repos: [], indexes: indexesOf([]) })

  await expect(writing).rejects.toMatchObject({ code: 'store-conflict' })
  expect(await openStore(dirname(path)).store.list()).toEqual(document?.repos)
})

describe('rebuilding a store', () => {
  test('takes the records of an edited file whose checksum is wrong', async () => {
    const { directory, path } = await twoWrites()
    const edited = (await readFile(path, 'utf8')).replace('"hostname":"anna"', '"hostname":"berta"')
    await writeFile(path, edited)
    const { store } = openStore(directory)

    const rebuilt = await store.rebuild({ dryRun: false })

    expect(rebuilt).toMatchObject({ source: path, recovered: ['docs', 'photos'], dropped: [] })
    expect(await readFile(rebuilt.quarantined ?? '', 'utf8')).toBe(edited)
    expect((await store.get(docs.name))?.hostname).toBe('berta')
    expect((await store.check()).problems).toEqual([])
  })

  test('takes a broken record from the backup copy, and leaves removed repos removed', async () => {
    const { directory, path } = await twoWrites()
    await openStore(directory).store.remove(photos.name)
    await writeFile(path, (await readFile(path, 'utf8')).replace(docs.borgId, 'broken'))
    const { store } = openStore(directory)

    const rebuilt = await store.rebuild({ dryRun: false })

    expect(rebuilt).toMatchObject({ source: path, recovered: ['docs'], dropped: [] })
    expect(await store.list()).toEqual([docs])
  })

  test('drops what is good nowhere, with the reason', async () => {
    const { directory, path } = await twoWrites()
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(photos.borgId, 'broken'))
    const { store } = openStore(directory)

    const rebuilt = await store.rebuild({ dryRun: false })

    expect(rebuilt).toMatchObject({
      recovered: ['docs'],
      dropped: [{ name: 'photos', reason: expect.stringContaining('borgId') }],
    })
    expect(await store.list()).toEqual([docs])
  })

  test('takes the newest quarantined file where nothing else can be read', async () => {
    const { directory, path } = await twoWrites()
    await copyFile(path, `${path}.corrupt-20260102T030405000Z`)
    await truncate(path, 0)
    await truncate(`${path}.bak`, 0)
    const { store } = openStore(directory)

    const rebuilt = await store.rebuild({ dryRun: false })

    expect(rebuilt).toMatchObject({ source: `${path}.corrupt-20260102T030405000Z`, recovered: ['docs', 'photos'] })
    expect(await store.list()).toEqual([docs, photos])
    expect((await store.check()).problems).toEqual([])
  })

  test('mends a bad backup copy of a good file', async () => {
    const { directory, path } = await twoWrites()
    await truncate(`${path}.bak`, 10)
    const { store } = openStore(directory)
    const before = (await store.check()).problems

    await store.rebuild({ dryRun: false })

    expect(before).toHaveLength(1)
    expect((await store.check()).problems).toEqual([])
    expect(await store.list()).toEqual([docs, photos])
  })

  test('of a healthy store writes nothing', async () => {
    const { directory, path } = await twoWrites()
    const before = await readFile(path)

    await openStore(directory).store.rebuild({ dryRun: false })

    expect(await readFile(path)).toEqual(before)
    expect(await quarantined(directory)).toEqual([])
  })

  test('says in a dry run what it would do, and does nothing', async () => {
    const { directory, path } = await twoWrites()
    await truncate(path, 0)
    const before = await readdir(directory)

    const plan = await openStore(directory).store.rebuild({ dryRun: true })

    expect(plan).toEqual({ source: `${path}.bak`, recovered: ['docs'], dropped: [] })
    expect(await readdir(directory)).toEqual(before)
    expect(await readFile(path)).toHaveLength(0)
  })

  test('never makes an empty store of a damaged one', async () => {
    const { directory, path } = await twoWrites()
    await writeFile(path, '\0'.repeat(100))
    await rm(`${path}.bak`)
    const { store } = openStore(directory)

    expect(await store.rebuild({ dryRun: false })).toEqual({ recovered: [], dropped: [] })
    await expect(store.list()).rejects.toMatchObject({ code: 'store-damaged' })
  })
})

test('the file and its backup copy are private to their owner', async () => {
  const { path } = await twoWrites()

  const modes = [statSync(path).mode & 0o777, statSync(`${path}.bak`).mode & 0o777]

  expect(modes).toEqual([0o600, 0o600])
})
