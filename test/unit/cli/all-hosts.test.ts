// `repo list --all-hosts`: what it prints, and what it refuses.

import { expect, test } from 'vitest'
import type { SharedRepo } from '../../../src/model/shared-repo.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const photos: SharedRepo = {
  hostname: 'berta',
  name: 'photos',
  path: '/srv/borg/photos',
  sources: ['/home/b/Pictures'],
  lastBackupAt: '2026-11-19T02:30:04.000Z',
  lastBackupBytes: 1_070_000_000,
}
const bare: SharedRepo = { hostname: 'carl\u001b[31m', name: 'x', path: '/x', sources: [] }

async function list(...args: string[]) {
  const overrides = { sharedRepos: { list: async () => [photos, bare] }, clock: new FakeClock() }
  return await borgboi({ root: await tempDir(), overrides }, 'repo', 'list', '--all-hosts', ...args)
}

test('it has a column for the host', async () => {
  const { exitCode, stdout } = await list()

  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    /^host +name +last backup +size +repository +sources\nberta +photos .*1\.07 GB +\/srv\/borg\/photos/,
  )
  expect(stdout).toMatch(/carl.* x +never +– +\/x/)
  expect(stdout).not.toContain('\u001b')
})

test('its JSON has the same fields for every repo', async () => {
  expect((await list('--json')).json()).toEqual([
    { repos: [photos, { ...bare, lastBackupAt: null, lastBackupBytes: null }] },
  ])
})

test('without a table it names the keys to set', async () => {
  const result = await borgboi({ root: await tempDir() }, 'repo', 'list', '--all-hosts')

  const { hint } = expectFailure(result, 'usage-invalid')
  expect(hint).toContain('set aws.dynamodb_repos_table (customarily bb-repos) and aws.region')
})

test('offline it asks nobody', async () => {
  const env = { BORGBOI_OFFLINE: 'true', BORGBOI_AWS__DYNAMODB_REPOS_TABLE: 'bb-repos' }

  const result = await borgboi({ root: await tempDir(), env }, 'repo', 'list', '--all-hosts')

  expectFailure(result, 'offline')
})
