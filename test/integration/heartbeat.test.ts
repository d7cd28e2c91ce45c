// Two machines that share a DynamoDB table: each can tell when the other has fallen silent.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { FakeBorg } from '../fakes/fake-borg.ts'
import { FakeClock, waiting } from '../fakes/fake-clock.ts'
import { type DynamoDbServer, leadTo, startDynamoDb } from '../support/dynamodb-server.ts'
import { borgboi } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const HOUR_MS = 3_600_000

let server: DynamoDbServer
let table: string

beforeAll(async () => {
  server = await startDynamoDb()
})

beforeEach(async () => {
  leadTo(server.url)
  table = (await server.makeTables()).repos
})

/** A machine with a home and a Borg of its own; the clock is everyone's. */
async function machine(hostname: string, clock: FakeClock) {
  const root = await tempDir()
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  let ids = 0
  const host = { hostname, newId: () => `01${hostname.toUpperCase()}${String(++ids).padStart(19, '0')}` }
  const env = { BORGBOI_AWS__DYNAMODB_REPOS_TABLE: table, BORGBOI_AWS__REGION: 'eu-west-1' }
  const overrides = { borg: new FakeBorg(), clock: waiting(clock), host }
  const run = (...args: string[]) => borgboi({ root, env, overrides }, ...args)
  await run('repo', 'create', '--name', hostname, '--path', 'repository', '--source', 'source')
  return { root, run, overrides }
}

describe('machines that share a table', () => {
  test('name the one that has fallen silent, and no longer when it is back', async () => {
    const clock = new FakeClock()
    const [anna, berta] = [await machine('anna', clock), await machine('berta', clock)]
    for (const { run } of [anna, berta]) expect((await run('backup', 'daily')).exitCode).toBe(0)
    const well = await berta.run('status', '--all-hosts', '--brief')

    for (let day = 0; day < 3; day++) {
      clock.advance(24 * HOUR_MS)
      await berta.run('backup', 'daily')
    }
    const silent = await berta.run('status', '--all-hosts', '--brief')
    await anna.run('backup', 'daily')
    const back = await berta.run('status', '--all-hosts', '--json')

    expect(well).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('BORGBOI OK - 2 repos as promised') })
    expect(silent).toMatchObject({ exitCode: 14 })
    expect(silent.stdout).toContain('1 of 2 broken: anna on anna (silent: its last run was 3 days ago)')
    expect(back.exitCode).toBe(0)
    expect(back.json()).toMatchObject([
      { verdict: 'met', repos: [{ hostname: 'anna', lastRun: { outcome: 'ok' } }, { hostname: 'berta' }] },
    ])
  })

  test('know of a machine whose runs fail, though its backups are old', async () => {
    const clock = new FakeClock()
    const [anna, berta] = [await machine('anna', clock), await machine('berta', clock)]
    await anna.run('backup', 'daily')
    clock.advance(30 * HOUR_MS)
    anna.overrides.borg.failures.set('create', new AppError('repository-full', 'the disk is full'))
    expect((await anna.run('backup', 'daily')).exitCode).toBe(1)

    const { stdout } = await berta.run('status', '--all-hosts', '--brief')

    expect(stdout).toContain('broken: anna on anna (its last run failed, 0 minutes ago)')
  })

  test('hear of a run that AWS was down for with the next one', async () => {
    const clock = new FakeClock()
    const [anna, berta] = [await machine('anna', clock), await machine('berta', clock)]
    leadTo('http://127.0.0.1:1')
    expect((await anna.run('backup', 'daily')).exitCode).toBe(0)
    leadTo(server.url)
    const before = await berta.run('status', '--all-hosts', '--brief')
    await anna.run('backup', 'run')

    const after = await berta.run('status', '--all-hosts', '--brief')

    expect(before.stdout).toContain('anna on anna (no run yet)')
    expect(after.stdout).not.toContain('anna on anna')
  })
})
