// `borgboi migrate` on homes of BorgBoi 1.x: every layout, whole and broken.

import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  isDatabase,
  LAYOUTS,
  makeRepositoryConfig,
  openEarlierDatabase,
  rowsOf,
  writeLayout,
} from '../../support/earlier-homes.ts'
import { type EarlierStage, ID, OTHER_ID, SECRET, SENTINEL, setEarlierStage } from '../../support/earlier-stage.ts'

let stage: EarlierStage

beforeEach(async () => {
  stage = await setEarlierStage()
})

describe.each(LAYOUTS)('a home with %s', (layout) => {
  test('is taken over: record, passphrase, retention', async () => {
    await writeLayout(stage.home, layout, [stage.docs])

    const { exitCode, stdout } = await stage.migrate()

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/docs +recorded +moved +– +2026-11-01/)
    expect(await stage.records()).toEqual([
      expect.objectContaining({
        name: 'docs',
        path: stage.docs.path,
        borgId: ID,
        encryption: 'repokey',
        sources: [stage.docs.backup_target],
        hostname: hostname(),
        retention: { daily: 14, weekly: 5, monthly: 12, yearly: 3 },
        createdAt: new Date('2025-01-31T10:00:00').toISOString(),
      }),
    ])
    expect(await readFile(stage.keyOf('docs'), 'utf8')).toBe(`${SECRET}\n`)
    expect((await stat(stage.keyOf('docs'))).mode & 0o777).toBe(0o600)
  })

  test('keeps everything but the passphrase', async () => {
    const [file = ''] = await writeLayout(stage.home, layout, [stage.docs])
    const before = isDatabase(layout) ? rowsOf(file) : await readFile(file, 'utf8')

    await stage.migrate()

    const after = await readFile(file)
    expect(after.includes(Buffer.from(SENTINEL))).toBe(false)
    if (isDatabase(layout)) expect(rowsOf(file)).toEqual(before)
    else expect(after.toString()).toBe(String(before).replace(JSON.stringify(SECRET), 'null'))
  })

  test('is only looked at by a dry run', async () => {
    await writeLayout(stage.home, layout, [stage.docs])
    const before = await stage.contents()

    const { exitCode, stdout } = await stage.migrate('--dry-run')

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/docs +recorded +moved/)
    expect(stdout).toContain('Nothing was changed')
    expect(await stage.contents()).toEqual(before)
  })

  test('has nothing left to take over the second time', async () => {
    await writeLayout(stage.home, layout, [stage.docs])
    await writeFile(join(stage.home, 'docs_excludes.txt'), '*.tmp\n')
    await stage.migrate()
    const before = await stage.contents()

    const { exitCode, stdout } = await stage.migrate()

    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/docs +there already +in its place +there already/)
    expect(await stage.contents()).toEqual(before)
  })

  test('may be broken: that is told, and the others are taken over', async () => {
    const broken = join(stage.home, layout)
    if (isDatabase(layout)) {
      await mkdir(join(broken, '..'), { recursive: true })
      await writeFile(broken, `SQLite format 3\0${SECRET}`.repeat(500))
    } else {
      await mkdir(join(broken, 'a-directory.json'), { recursive: true })
      await writeFile(join(broken, 'cut.json'), `{"name": "cut", "passphrase": ${JSON.stringify(SECRET)}, "pa`)
    }
    const other = LAYOUTS.find((candidate) => candidate !== layout) ?? layout
    await writeLayout(stage.home, other, [stage.docs])

    const { exitCode, repos, messages } = await stage.migrateJson()

    expect(exitCode).toBe(3)
    expect(repos).toMatchObject([{ name: 'docs', record: 'recorded' }])
    expect(messages).toHaveLength(isDatabase(layout) ? 1 : 2)
    expect(messages.join()).toMatch(
      isDatabase(layout) ? /not a database/ : /a-directory.json: cannot be read.*is no JSON/,
    )
  })
})

test('a home without anything of BorgBoi 1.x is said to have nothing', async () => {
  await rm(stage.home, { recursive: true })

  const { exitCode, stdout } = await stage.migrate()

  expect([exitCode, stdout]).toEqual([0, 'There is nothing of BorgBoi 1.x in this home.\n'])
})

test('several layouts of one repo make one record, and every copy of its passphrase goes', async () => {
  for (const layout of LAYOUTS) await writeLayout(stage.home, layout, [stage.docs])

  const { exitCode, repos } = await stage.migrateJson()

  expect([exitCode, repos.length, (await stage.records()).length]).toEqual([0, 1, 1])
  expect(repos[0]?.blanked).toHaveLength(LAYOUTS.length)
  const { 'passphrases/docs.key': _, ...others } = await stage.contents()
  expect(Object.entries(others).filter(([, text]) => text.includes(SENTINEL))).toEqual([])
})

test('rows that are still in the log of the database only are read', async () => {
  const elsewhere = join(stage.root, 'running')
  const database = await openEarlierDatabase(join(elsewhere, 'borgboi.db'), [stage.docs])
  await cp(elsewhere, stage.home, { recursive: true })
  database.close()

  const { exitCode, repos } = await stage.migrateJson()

  expect([exitCode, repos]).toMatchObject([0, [{ name: 'docs', record: 'recorded', passphrase: 'moved' }]])
  const left = Object.entries(await stage.contents()).filter(
    ([name, text]) => /\.db/.test(name) && text.includes(SENTINEL),
  )
  expect(left).toEqual([])
})

test('a database that another program has locked keeps its passphrases until the next run', async () => {
  const database = await openEarlierDatabase(join(stage.home, 'borgboi.db'), [stage.docs])
  database.exec('BEGIN IMMEDIATE')

  const first = await stage.migrateJson()
  database.exec('ROLLBACK')
  database.close()
  const second = await stage.migrateJson()

  expect([first.exitCode, first.messages]).toEqual([1, [expect.stringContaining('another program has it locked')]])
  expect(second).toMatchObject({
    exitCode: 0,
    messages: [],
    repos: [{ passphrase: 'kept', blanked: [expect.any(String)] }],
  })
})

test('a record without a usable path is told by its name, and the others are taken over', async () => {
  await writeLayout(stage.home, 'borgboi.db', [{ ...stage.docs, name: 'lost', path: 'relative' }, stage.docs])

  const { exitCode, repos, messages } = await stage.migrateJson()

  expect([exitCode, repos]).toMatchObject([3, [{ name: 'docs', record: 'recorded' }]])
  expect(messages).toEqual([expect.stringContaining('lost: its path is missing, not absolute or not usable')])
})

test('two repos with one passphrase in one database both keep it', async () => {
  const photos = { ...stage.docs, name: 'photos', path: join(stage.root, 'photos'), id: OTHER_ID }
  await makeRepositoryConfig(photos.path, OTHER_ID)
  await writeLayout(stage.home, 'borgboi.db', [stage.docs, photos])

  expect((await stage.migrateJson()).exitCode).toBe(0)

  for (const name of ['docs', 'photos']) expect(await readFile(stage.keyOf(name), 'utf8')).toBe(`${SECRET}\n`)
})

describe('a repository that is not there', () => {
  beforeEach(() => rm(stage.docs.path, { recursive: true }))

  test('is recorded all the same where its id is known', async () => {
    await writeLayout(stage.home, 'borgboi.db', [stage.docs])

    const { exitCode, messages } = await stage.migrateJson()

    expect([exitCode, messages]).toEqual([3, [expect.stringContaining('docs: there is no repository at')]])
    expect(await stage.records()).toMatchObject([{ name: 'docs', borgId: ID }])
  })

  test('is refused where nothing tells its id, and its passphrase stays', async () => {
    const { id: _, ...unknown } = stage.docs
    const [file = ''] = await writeLayout(stage.home, 'data/repositories', [unknown])

    const { exitCode, repos, messages } = await stage.migrateJson()

    expect([exitCode, repos]).toMatchObject([3, [{ record: 'refused', blanked: [] }]])
    expect(messages).toEqual([expect.stringContaining('nothing tells the id')])
    expect(JSON.parse(await readFile(file, 'utf8')).passphrase).toBe(SECRET)
  })
})

test('the id in the repository counts, and another one in the record is told', async () => {
  await writeLayout(stage.home, 'borgboi.db', [{ ...stage.docs, id: OTHER_ID }])

  const { messages } = await stage.migrateJson()

  expect(messages).toEqual([expect.stringContaining('it has another id')])
  expect(await stage.records()).toMatchObject([{ borgId: ID }])
})

test('a name that may not be one becomes the nearest, and keeps its passphrase file', async () => {
  const named = { ...stage.docs, name: 'my docs', passphrase: null }
  await writeLayout(stage.home, 'borgboi.db', [named])
  await mkdir(join(stage.home, 'passphrases'), { mode: 0o700 })
  await writeFile(stage.keyOf('my docs'), SECRET, { mode: 0o600 })
  await writeFile(join(stage.home, 'my docs_excludes.txt'), '*.tmp\n')

  const { exitCode, repos, messages } = await stage.migrateJson()

  expect([exitCode, repos]).toMatchObject([3, [{ name: 'my-docs', formerName: 'my docs', passphrase: 'kept' }]])
  expect(messages).toEqual([expect.stringContaining('my docs: it is called my-docs here')])
  expect(await stage.records()).toMatchObject([{ name: 'my-docs', passphraseFile: stage.keyOf('my docs') }])
  expect(await readFile(join(stage.home, 'data/exclusions/my-docs.txt'), 'utf8')).toBe('*.tmp\n')
  expect((await stage.migrateJson()).exitCode).toBe(0)
})

test('a name that another repo has already is refused, and that repo stays as it is', async () => {
  await writeLayout(stage.home, 'borgboi.db', [stage.docs])
  await stage.migrate()
  const other = { ...stage.docs, path: join(stage.root, 'other'), id: OTHER_ID }
  await makeRepositoryConfig(other.path, OTHER_ID)
  await writeLayout(stage.home, '.borgboi_metadata', [other])
  const before = await stage.records()

  const { exitCode, messages } = await stage.migrateJson()

  expect([exitCode, messages]).toEqual([3, [expect.stringContaining('is called docs already')]])
  expect(await stage.records()).toEqual(before)
})

test('a path that is recorded with another id is refused', async () => {
  await writeLayout(stage.home, 'borgboi.db', [stage.docs])
  await stage.migrate()
  await makeRepositoryConfig(stage.docs.path, OTHER_ID)

  const { exitCode, messages } = await stage.migrateJson()

  expect([exitCode, messages]).toEqual([3, [expect.stringContaining('with another repository id')]])
})

describe('passphrases', () => {
  beforeEach(() => mkdir(join(stage.home, 'passphrases'), { mode: 0o700 }))

  test('in a file are believed before another one in a record, which stays', async () => {
    const [file = ''] = await writeLayout(stage.home, 'data/repositories', [stage.docs])
    await writeFile(stage.keyOf('docs'), 'the one that works', { mode: 0o600 })

    const { exitCode, repos, messages } = await stage.migrateJson()

    expect([exitCode, repos]).toMatchObject([3, [{ record: 'recorded', passphrase: 'kept', blanked: [] }]])
    expect(messages).toEqual([expect.stringContaining('it holds another passphrase')])
    expect(await readFile(stage.keyOf('docs'), 'utf8')).toBe('the one that works')
    expect(JSON.parse(await readFile(file, 'utf8')).passphrase).toBe(SECRET)
  })

  test('that differ between layouts: the newest is taken, the older stays where it is', async () => {
    await writeLayout(stage.home, 'borgboi.db', [stage.docs])
    const [older = ''] = await writeLayout(stage.home, '.borgboi_metadata', [
      { ...stage.docs, passphrase: `${SENTINEL} of before` },
    ])

    const { exitCode, messages } = await stage.migrateJson()

    expect([exitCode, messages]).toEqual([
      3,
      [expect.stringContaining('another passphrase than the one that was kept')],
    ])
    expect(await readFile(stage.keyOf('docs'), 'utf8')).toBe(`${SECRET}\n`)
    expect(await readFile(older, 'utf8')).toContain(`${SENTINEL} of before`)
  })

  test('that are nowhere are asked for', async () => {
    await writeLayout(stage.home, 'borgboi.db', [{ ...stage.docs, passphrase: null }])

    const { exitCode, repos, messages } = await stage.migrateJson()

    expect([exitCode, repos]).toMatchObject([3, [{ record: 'recorded', passphrase: 'missing' }]])
    expect(messages).toEqual(['docs: its passphrase is not known'])
  })
})

test('a record of another host is taken over and told of', async () => {
  await writeLayout(stage.home, 'borgboi.db', [{ ...stage.docs, hostname: 'berta' }])

  const { exitCode, messages } = await stage.migrateJson()

  expect([exitCode, messages]).toEqual([3, [expect.stringContaining('its record is of the host berta')]])
  expect(await stage.records()).toMatchObject([{ hostname: 'berta' }])
})
