// The local store and the DynamoDB tables: what arrives there, what stays as it was, and what becomes of it all when
// the tables cannot be reached, refuse, or are changed by others.

import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RepoStore } from '../../src/deps.ts'
import type { RepoName } from '../../src/model/names.ts'
import type { RepoRecord } from '../../src/model/repo.ts'
import { systemClock } from '../../src/platform/clock.ts'
import {
  type DynamoDbServer,
  exception,
  faultyServer,
  leadTo,
  openTable,
  startDynamoDb,
} from '../support/dynamodb-server.ts'
import { sampleRecord } from '../support/store-samples.ts'
import { type SyncedOptions, synced } from '../support/synced-store.ts'
import { tempDir } from '../support/temp-dir.ts'

const docs = sampleRecord('docs', { retention: { daily: 7 } })
const KEY = { path: docs.path, hostname: 'anna' }
/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:1'

let server: DynamoDbServer
let tables: { readonly repos: string; readonly archives: string }

beforeAll(async () => {
  server = await startDynamoDb()
})

beforeEach(async () => {
  leadTo(server.url)
  tables = await server.makeTables()
})

const run = (home: string, options?: SyncedOptions) => synced(home, tables, options)
const item = async () => (await server.items(tables.repos))[0]
const backedUp = (store: RepoStore, day: number) =>
  store.update(docs.name, (current) => ({ ...current, lastBackup: backup(day) }))

function backup(day: number): NonNullable<RepoRecord['lastBackup']> {
  const figures = { files: 3, originalBytes: 30, compressedBytes: 20, deduplicatedBytes: day }
  const archiveId = String(day).padStart(64, '0')
  return { archive: `docs-${day}`, at: `2026-11-${10 + day}T02:30:04.000Z`, archiveId, ...figures }
}

describe('what arrives in the tables', () => {
  test('a repo is there with what BorgBoi 1.x reads, and with all of its record', async () => {
    const { store } = run(await tempDir())

    await store.add(docs)
    await backedUp(store, 1)

    expect(await server.items(tables.repos)).toEqual([
      {
        repo_path: { S: '/srv/borg/docs' },
        hostname: { S: 'anna' },
        repo_name: { S: 'docs' },
        backup_target_path: { S: '/home/me/docs' },
        last_backup: { S: '2026-11-11T02:30:04.000Z' },
        created_at: { S: '2026-01-02T03:04:05Z' },
        retention_keep_daily: { N: '7' },
        borgboi_record: { S: expect.stringContaining('"format":1,') },
        borgboi_revision: { S: expect.stringMatching(/./) },
        borgboi_changed_at: { S: expect.stringMatching(/Z$/) },
      },
    ])
    expect(await openTable(tables).store.list()).toEqual(await store.list())
  })

  test('an archive that a backup made is there, once', async () => {
    const { store } = run(await tempDir())
    await store.add(docs)

    await backedUp(store, 1)
    await store.update(docs.name, (current) => ({ ...current, reclaimableBytes: 5 }))

    expect(await server.items(tables.archives)).toEqual([
      {
        repo_name: { S: 'docs' },
        iso_timestamp: { S: '2026-11-11T02:30:04.000Z' },
        archive_id: { S: backup(1).archiveId },
        archive_name: { S: 'docs-1' },
        archive_path: { S: '/srv/borg/docs::docs-1' },
        hostname: { S: 'anna' },
        original_size: { N: '30' },
        compressed_size: { N: '20' },
        deduped_size: { N: '1' },
      },
    ])
  })

  test('a repo that is moved leaves its old place, and one that is removed is gone', async () => {
    const { store } = run(await tempDir())
    await store.add(docs)

    await store.update(docs.name, (current) => ({ ...current, path: '/srv/borg/new' }))
    const moved = await server.items(tables.repos)
    await store.remove(docs.name)

    expect(moved.map((found) => found['repo_path']?.S)).toEqual(['/srv/borg/new'])
    expect(await server.items(tables.repos)).toEqual([])
  })

  test('an override that is taken back is taken out of the item', async () => {
    const { store } = run(await tempDir())
    await store.add(docs)

    await store.update(docs.name, ({ retention: _, ...rest }) => rest)

    expect(await item()).not.toHaveProperty('retention_keep_daily')
  })

  test('the outbox is empty when all has arrived', async () => {
    const { store, entries, told } = run(await tempDir())

    await store.add(docs)
    await backedUp(store, 1)

    expect(await readdir(entries)).toEqual([])
    expect(told()).toEqual([])
  })

  test('a home that was set up anew gets the records of its host back', async () => {
    await run(await tempDir()).store.add(docs)
    await server.put(tables.repos, { repo_path: { S: '/srv/other' }, hostname: { S: 'berta' }, repo_name: { S: 'x' } })
    const fresh = run(await tempDir())

    const foretold = await fresh.store.rebuild({ dryRun: true })
    const before = await fresh.store.list()
    const rebuilt = await fresh.store.rebuild({ dryRun: false })

    expect(foretold).toEqual({ source: `the DynamoDB table ${tables.repos}`, recovered: ['docs'], dropped: [] })
    expect(before).toEqual([])
    expect(rebuilt).toEqual(foretold)
    expect(await fresh.store.list()).toEqual([docs])
  })
})

describe('what others wrote', () => {
  const older = {
    repo_path: { S: docs.path },
    hostname: { S: 'anna' },
    repo_name: { S: 'docs' },
    backup_target_path: { S: '/home/me/docs' },
    os_platform: { S: 'Linux' },
    last_s3_sync: { S: '2025-01-02T03:04:05' },
    passphrase: { S: 'sentinel-passphrase' },
    passphrase_migrated: { BOOL: false },
  }

  test('an item of BorgBoi 1.x keeps what is not ours', async () => {
    await server.put(tables.repos, older)
    const { store } = run(await tempDir())

    await store.add(docs)
    await store.update(docs.name, (current) => ({ ...current, reclaimableBytes: 1 }))

    expect(await item()).toMatchObject({ ...older, retention_keep_daily: { N: '7' } })
    expect(JSON.stringify(await store.list())).not.toContain('sentinel')
    expect((await item())?.['borgboi_record']?.S).not.toContain('sentinel')
  })

  test('an item with the only copy of a passphrase outlives the repo, without what is ours', async () => {
    await server.put(tables.repos, older)
    const { store } = run(await tempDir())
    await store.add(docs)

    await store.remove(docs.name)

    expect(await item()).toMatchObject(older)
    expect(Object.keys((await item()) ?? {}).filter((name) => name.startsWith('borgboi'))).toEqual([])
    expect(await openTable(tables).store.list()).toEqual([])
  })

  test('an item that BorgBoi 1.x put over ours gets our record again', async () => {
    const { store } = run(await tempDir())
    await store.add(docs)
    await server.put(tables.repos, older)

    const stored = await store.update(docs.name, (current) => ({ ...current, reclaimableBytes: 1 }))

    expect(await openTable(tables).store.list()).toEqual([stored])
  })

  test('an item that changed since it was seen is not written', async () => {
    const { repos } = openTable(tables)
    await repos.put(KEY, undefined, docs, '2026-01-01T00:00:00.000Z')
    const seen = await repos.get(KEY)
    await repos.put(KEY, seen, { ...docs, reclaimableBytes: 1 }, '2026-01-02T00:00:00.000Z')
    const newest = await item()

    const written = [
      await repos.put(KEY, seen, docs, '2026-01-03T00:00:00.000Z'),
      await repos.put(KEY, undefined, docs, '2026-01-03T00:00:00.000Z'),
      seen && (await repos.remove(seen)),
    ]

    expect(written).toEqual([false, false, false])
    expect(await item()).toEqual(newest)
  })

  test('a repo of another host at the same path is another item', async () => {
    const theirs = { ...older, hostname: { S: 'berta' } }
    await server.put(tables.repos, theirs)
    const { store } = run(await tempDir())

    await store.add(docs)
    await store.remove(docs.name)

    expect(await server.items(tables.repos)).toEqual([theirs])
  })

  test.each([
    ['a newer state of another machine of our name stays, and is told', -30_000, 'theirs', 1],
    ['an older one is replaced', -3_600_000, 'ours', 0],
    ['one from the future is replaced: a clock was wrong', 3_600_000, 'ours', 0],
  ])('%s', async (_, sinceNowMs, winner, notices) => {
    // Our change waits in the outbox since a minute.
    const home = await tempDir()
    leadTo(NOWHERE)
    const earlier = { ...systemClock, now: () => new Date(Date.now() - 60_000) }
    await run(home, { clock: earlier }).store.add(docs)
    leadTo(server.url)
    const theirs = { ...docs, reclaimableBytes: 77 }
    const changedAt = new Date(Date.now() + sinceNowMs).toISOString()
    await openTable(tables).repos.put(KEY, undefined, theirs, changedAt)
    const next = run(home)

    await next.store.add(sampleRecord('photos'))

    const [stored] = await openTable(tables).store.list()
    expect(stored).toEqual(winner === 'theirs' ? theirs : docs)
    expect(next.told()).toHaveLength(notices)
    expect(await readdir(next.entries)).toEqual([])
  })
})

describe('the repos of all hosts', () => {
  test('are those of borgboi and of BorgBoi 1.x', async () => {
    const { store, shared } = run(await tempDir())
    await store.add(docs)
    await server.put(tables.repos, {
      repo_path: { S: '/srv/photos' },
      hostname: { S: 'berta' },
      repo_name: { S: 'photos' },
      backup_target_path: { S: '/home/b' },
    })
    await server.put(tables.repos, { repo_path: { S: 'unknown' }, hostname: { S: 'carl' } })

    const repos = await shared.list()

    expect([...repos].sort((one, other) => one.name.localeCompare(other.name))).toEqual([
      { name: 'docs', path: docs.path, hostname: 'anna', createdAt: docs.createdAt, sources: docs.sources },
      { name: 'photos', path: '/srv/photos', hostname: 'berta', sources: ['/home/b'] },
    ])
  })

  test('are an error where the table cannot be read', async () => {
    leadTo(NOWHERE)

    const listing = run(await tempDir()).shared.list()

    await expect(listing).rejects.toMatchObject({ code: 'table-unreachable', message: expect.stringContaining('Scan') })
  })

  test('an item that cannot be read is told by check, and passed over by all else', async () => {
    await server.put(tables.repos, {
      repo_path: { S: '/srv/x' },
      hostname: { S: 'anna' },
      repo_name: { S: 'x' },
      borgboi_record: { S: '{"format":9}' },
    })
    const { store } = openTable(tables)

    expect(await store.list()).toEqual([])
    expect((await store.check()).problems).toEqual(['the repo x: its record has format 9'])
    expect(await store.rebuild({ dryRun: true })).toMatchObject({ dropped: [{ name: 'x' }] })
  })
})

describe('tables that cannot be written', () => {
  const SILENT = 'there is no answer'
  const FAULTS: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['nobody listens', async () => leadTo(NOWHERE), /connection failed \(ECONNREFUSED\).*check the network/],
    [SILENT, async () => leadTo(await faultyServer(() => {})), /took too long/],
    [
      'the connection is cut',
      async () => leadTo(await faultyServer((request) => request.socket.destroy())),
      /connection failed/,
    ],
    [
      'they are throttled',
      async () => leadTo(await faultyServer(exception('ProvisionedThroughputExceededException'))),
      /slow down.*capacity/,
    ],
    [
      'the credentials may not',
      async () => leadTo(await faultyServer(exception('AccessDeniedException', 'AKIATEST may not'))),
      /GetItem on the table .*may not.*allow dynamodb:GetItem on the table/,
    ],
    [
      'the credentials expired',
      async () => leadTo(await faultyServer(exception('ExpiredTokenException'))),
      /expired.*log in/,
    ],
    [
      'the table is missing',
      async () => leadTo(await faultyServer(exception('ResourceNotFoundException'))),
      /no such table.*aws.region/,
    ],
    [
      'a proxy answers',
      async () => leadTo(await faultyServer((_, response) => response.writeHead(200).end('<html>'))),
      /DynamoDB: GetItem/,
    ],
  ]

  test.each(FAULTS)('a change is made, told of once and sent later when %s', async (name, fault, words) => {
    const home = await tempDir()
    await fault()
    const first = run(home, name === SILENT ? { deadlineMs: 300 } : {})

    await first.store.add(docs)
    await backedUp(first.store, 1)
    await backedUp(first.store, 2)
    const notices = first.told()
    leadTo(server.url)
    const second = run(home)
    await backedUp(second.store, 3)

    expect(notices).toEqual([expect.stringMatching(words)])
    expect(notices.join()).not.toMatch(/AKIATEST|sentinel/)
    expect(await openTable(tables).store.list()).toEqual(await second.store.list())
    const archives = await server.items(tables.archives)
    expect(archives.map((row) => row['archive_name']?.S).sort()).toEqual(['docs-1', 'docs-2', 'docs-3'])
    expect(await readdir(second.entries)).toEqual([])
    expect(second.told()).toEqual([])
  })

  test('only one item that DynamoDB refuses stays behind', async () => {
    const home = await tempDir()
    // Over 2048 bytes: more than a key may have.
    const refused = sampleRecord('long', { path: `/${'x'.repeat(2100)}` })
    const { store, entries, told } = run(home)

    await store.add(refused)
    await store.add(docs)

    expect(await openTable(tables).store.list()).toEqual([docs])
    expect(await readdir(entries)).toHaveLength(1)
    expect(told()).toEqual([expect.stringContaining('refused the form of the request')])
  })

  test('changes that are not sent for long leave one entry a repo, and one an archive', async () => {
    const home = await tempDir()
    leadTo(NOWHERE)
    await run(home).store.add(docs)
    for (let day = 1; day <= 3; day++) await backedUp(run(home).store, day)
    for (let bytes = 1; bytes <= 5; bytes++) {
      await run(home).store.update(docs.name, (current) => ({ ...current, reclaimableBytes: bytes }))
    }

    expect(await readdir(run(home).entries)).toHaveLength(4)
    expect(await run(home).store.check()).toMatchObject({ waiting: 4, problems: [] })
  })
})

describe('the outbox', () => {
  test('an entry that is damaged is put aside and told of, and the others are sent', async () => {
    const home = await tempDir()
    leadTo(NOWHERE)
    const { store, entries } = run(home)
    await store.add(docs)
    await writeFile(join(entries, '20260102T030405123Z-A.json'), '{"format":1,"repos":[{"pa')
    await writeFile(join(entries, '20260102T030405124Z-B.json'), '{"format":1,"repos":[{"path":7}]}')
    await writeFile(join(entries, '20260102T030405125Z-C.json'), '{"format":2}')
    await writeFile(join(entries, 'unrelated.txt'), '')
    leadTo(server.url)
    const next = run(home)

    await next.store.add(sampleRecord('photos'))

    expect(await openTable(tables).store.list()).toHaveLength(2)
    expect(await readdir(entries)).toEqual([
      '20260102T030405123Z-A.json.damaged',
      '20260102T030405124Z-B.json.damaged',
      '20260102T030405125Z-C.json',
      'unrelated.txt',
    ])
    expect(next.told()).toEqual([
      expect.stringMatching(/B\.json is damaged/),
      expect.stringMatching(/A\.json is damaged/),
    ])
  })

  test('a change is made and told of where the outbox cannot be written', async () => {
    const home = await tempDir()
    await mkdir(join(home, 'data'))
    await writeFile(join(home, 'data', 'outbox'), 'not a directory')
    const { store, told } = run(home)

    await store.add(docs)

    expect(await store.list()).toEqual([docs])
    expect(told()[0]).toMatch(/may not reach DynamoDB/)
  })

  test('a change that fails locally leaves no entry', async () => {
    const { store, entries } = run(await tempDir())
    await store.add(docs)

    const adding = store.add(docs)

    await expect(adding).rejects.toMatchObject({ code: 'repo-exists' })
    expect(await readdir(entries)).toEqual([])
  })

  test.each([
    ['announced', 0],
    ['written', 1],
    ['ready', 1],
  ])('a process that is killed when its change is %s loses nothing', async (end, recorded) => {
    const home = await tempDir()
    const killed = worker(home, end)
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' })
    const before = await server.items(tables.repos)
    const later = { ...systemClock, now: () => new Date(Date.now() + 11 * 60_000) }
    const next = run(home, { clock: later })

    await next.store.add(sampleRecord('photos'))

    expect(before).toEqual([])
    expect(await next.store.list()).toHaveLength(recorded + 1)
    expect(await openTable(tables).store.list()).toEqual(await next.store.list())
    expect(await readdir(next.entries)).toEqual([])
  })

  test('two processes that change repos at the same time leave the tables as the local store is', async () => {
    const home = await tempDir()
    const [one, other] = [run(home), run(home)]
    await one.store.add(docs)
    const count = (current: RepoRecord) => ({ ...current, reclaimableBytes: (current.reclaimableBytes ?? 0) + 1 })

    await Promise.all(
      Array.from({ length: 12 }, (_, turn) => (turn % 2 === 0 ? one : other).store.update(docs.name, count)),
    )

    const [stored] = await openTable(tables).store.list()
    expect(stored?.reclaimableBytes).toBe(12)
    expect(await readdir(one.entries)).toEqual([])
  })

  test('whatever is changed while DynamoDB comes and goes, it ends as the local store is', async () => {
    const step = fc.record({
      act: fc.constantFrom('add', 'move', 'rename', 'back up', 'remove'),
      repo: fc.integer({ min: 0, max: 2 }),
      reachable: fc.boolean(),
    })

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        tables = await server.makeTables()
        const home = await tempDir()
        for (const [turn, { act, repo, reachable }] of steps.entries()) {
          leadTo(reachable ? server.url : NOWHERE)
          await perform(run(home).store, act, repo, turn)
        }
        leadTo(server.url)
        const last = run(home)
        await last.store.add(sampleRecord('last'))

        expect(await openTable(tables).store.list()).toEqual(await last.store.list())
        expect(await readdir(last.entries)).toEqual([])
      }),
      { numRuns: 15 },
    )
  })
})

describe('without tables', () => {
  test.each([
    ['offline', { offline: 'true' }],
    ['no table is configured', {}],
  ])('nothing is sent and nothing kept: %s', async (_, flags) => {
    let requests = 0
    const count = await faultyServer((request) => {
      requests++
      request.socket.destroy()
    })
    leadTo(count)
    const names = 'offline' in flags ? tables : {}
    const { store, entries } = synced(await tempDir(), names, { flags })

    await store.add(docs)
    await backedUp(store, 1)
    await store.remove(docs.name)

    expect(requests).toBe(0)
    await expect(readdir(entries)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('the SDK is loaded by those alone who use it', async () => {
    expect(await worker(await tempDir(), 'offline')).toBe('not loaded')
    expect(await worker(await tempDir(), 'none')).toBe('loaded')
  })
})

async function perform(store: RepoStore, act: string, place: number, turn: number): Promise<void> {
  const records = await store.list()
  const record = records[place % Math.max(1, records.length)]
  if (act === 'add' || record === undefined) return await store.add(sampleRecord(`repo-${turn}`))
  const { name } = record
  if (act === 'remove') return await store.remove(name)
  await store.update(name, (current) => {
    if (act === 'move') return { ...current, path: `/srv/moved/${turn}` }
    if (act === 'rename') return { ...current, name: `renamed-${turn}` as RepoName }
    return { ...current, lastBackup: backup(turn) }
  })
}

async function worker(home: string, end: string): Promise<string> {
  const program = new URL('../support/synced-worker.ts', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [program, home, tables.repos, end])
  return stdout
}
