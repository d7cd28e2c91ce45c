// One borgboi at a time on one repo, and what the second one is told.

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRepoName } from '../../../src/model/names.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { FileJobLocks } from '../../../src/store/job-locks.ts'
import { describeHolder } from '../../../src/store/lock-text.ts'
import { tempDir } from '../../support/temp-dir.ts'

const docs = parseRepoName('docs')
const photos = parseRepoName('photos')

async function jobLocks(stop = new AbortController().signal) {
  const directory = join(await tempDir(), 'home', 'data')
  const jobs = new FileJobLocks({ directory, clock: systemClock, host: { hostname: 'anna' }, stop })
  return { directory, jobs }
}

test('a second job on a repo is refused with who is at it, in three lines', async () => {
  const { jobs } = await jobLocks()
  await using _job = await jobs.acquire(docs, 'backup daily', 0)

  const second = jobs.acquire(docs, 'backup prune', 0)

  await expect(second).rejects.toMatchObject({
    code: 'locked',
    exitCode: 11,
    message: 'cannot open docs',
    reason: expect.stringMatching(
      new RegExp(
        `^it is locked by borgboi backup daily \\(pid ${process.pid} on this machine, since \\d\\d:\\d\\d:\\d\\d\\)$`,
      ),
    ),
    hint: 'wait for it, or run with --lock-wait 10min',
  })
})

test('a second job that may wait gets the repo when the first is done', async () => {
  const { directory, jobs } = await jobLocks()
  const first = await jobs.acquire(docs, 'backup daily', 0)

  const waiting = jobs.acquire(docs, 'backup prune', 20_000)
  await first[Symbol.asyncDispose]()
  await (await waiting)[Symbol.asyncDispose]()

  expect(await readdir(join(directory, 'locks'))).toEqual([])
})

test('jobs on different repos do not know each other', async () => {
  const { jobs } = await jobLocks()
  await using _first = await jobs.acquire(docs, 'backup daily', 0)

  await expect(jobs.acquire(photos, 'backup daily', 0)).resolves.toBeDefined()
})

test('a job is held as long as it lasts, and not by a process that is gone', async () => {
  const { directory, jobs } = await jobLocks()
  const held = [await jobs.isHeld(docs)]
  const job = await jobs.acquire(docs, 'backup daily', 0)
  held.push(await jobs.isHeld(docs), await jobs.isHeld(photos))
  const [file = ''] = await readdir(join(directory, 'locks', 'docs.lock'))
  const owner = join(directory, 'locks', 'docs.lock', file)
  const text = await readFile(owner, 'utf8')

  await writeFile(owner, text.replace(`"pid":${process.pid}`, '"pid":999999999'))
  held.push(await jobs.isHeld(docs))
  await writeFile(owner, text)
  await job[Symbol.asyncDispose]()
  held.push(await jobs.isHeld(docs))

  expect(held).toEqual([false, true, false, false, false])
})

test('a job that waits when borgboi is asked to stop is interrupted', async () => {
  const stop = new AbortController()
  const { jobs } = await jobLocks(stop.signal)
  await using _job = await jobs.acquire(docs, 'backup daily', 0)

  const waiting = jobs.acquire(docs, 'backup prune', 60_000)
  stop.abort('SIGTERM')

  await expect(waiting).rejects.toMatchObject({ code: 'interrupted', reason: 'borgboi received SIGTERM' })
})

test('a holder of another day or machine is told with date and host', () => {
  const holder = { pid: 7, host: 'berta', purpose: 'backup daily', since: new Date(2026, 0, 2, 3, 4, 5) }

  const texts = [
    describeHolder(holder, 'anna', new Date(2026, 0, 3)),
    describeHolder(holder, 'berta', new Date(2026, 0, 2, 9)),
    describeHolder(undefined, 'anna', new Date()),
  ]

  expect(texts).toEqual([
    'it is locked by borgboi backup daily (pid 7 on berta, since 2026-01-02 03:04:05)',
    'it is locked by borgboi backup daily (pid 7 on this machine, since 03:04:05)',
    'it is locked by another process',
  ])
})
