// What a person sees of a change that is too large, on a Borg in memory: all of the only file is one.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeReplication } from '../../fakes/fake-replication.ts'
import { FakeScheduler } from '../../fakes/fake-scheduler.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** The repo `docs`, after three good days and one of which the only file was gone. */
async function setUp() {
  const root = await tempDir()
  const clock = new FakeClock()
  const overrides = {
    borg: new FakeBorg(),
    clock,
    replication: new FakeReplication(clock),
    scheduler: new FakeScheduler(clock),
  }
  for (const name of ['source', 'nas']) await mkdir(join(root, name))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await run('vault', 'add', 'nas', `${root}/nas`)
  await run('repo', 'create', '-n', 'docs', '-p', 'docs', '-b', 'source', '--vault', 'nas')
  const daily = (...args: string[]) => {
    clock.advance(86_400_000)
    return run('backup', 'daily', ...args)
  }
  for (let day = 1; day <= 3; day++) expect((await daily()).exitCode).toBe(0)
  await rm(join(root, 'source', 'a.txt'))
  return { run, daily, found: await daily() }
}

it('is told with the next step, also as JSON', async () => {
  const { daily, found } = await setUp()

  expectFailure(found, 'change-unaccepted')
  expect(found.exitCode).toBe(1)
  expect(found.stderr).toMatch(/^✗ docs: 1 of 1 files are gone since docs-2026-11-23T\d\d:30:04\n {2}docs-2026-11-24T/)
  expect((await daily('--json')).json().at(-1)).toMatchObject({
    code: 'change-unaccepted',
    hint: expect.stringMatching(
      /backup diff .*; if it is meant: borgboi backup daily --name docs --accept-change; if not/,
    ),
  })
})

it('is shown wherever the repo is looked at', async () => {
  const { run } = await setUp()

  const status = await run('status')
  expect(status.exitCode).toBe(14)
  expect(status.stdout).toMatch(/\n {4}1 of 1 files are gone since docs-\S+: nothing is pruned or copied/)
  expect((await run('status', '--json')).json()).toMatchObject([
    { verdict: 'broken', repos: [{ objectives: [{ objective: 'change', verdict: 'broken' }, {}, {}] }] },
  ])
  expect((await run('status', '--brief')).stdout).toMatch(/^BORGBOI CRITICAL - 1 of 1 broken: docs \(1 of 1 files/)
  expect((await run('doctor')).stdout).toContain('✗ docs: change')
  expect((await run('repo', 'info')).stdout).toMatch(/\nto be accepted +1 of 1 files are gone since docs-/)
  expect((await run('repo', 'info', '--json')).json()).toMatchObject([{ record: { upheaval: { goneFiles: 1 } } }])
  expect((await run('history')).stdout).toContain('change-unaccepted (exit 1)')
  expect((await run('metrics', 'write', '--file', '-')).stdout).toContain(
    'borgboi_repo_change_unaccepted{repo="docs"} 1',
  )
})

it.each([
  ['backup prune', 'prune'],
  ['backup compact', 'compact'],
  ['s3 sync', 'off-site'],
  ['s3 gc --yes', 'collect'],
])('stops %s, which takes --accept-change', async (command, step) => {
  const { run } = await setUp()

  expectFailure(await run(...command.split(' ')), 'change-unaccepted')
  const accepted = await run(...command.split(' '), '--accept-change')

  expect(accepted, accepted.stderr).toMatchObject({ exitCode: 0 })
  expect(accepted.stdout).toMatch(new RegExp(`✓ accept change +docs-2026-11-24T\\S+.*\\n[^]*✓ ${step}`))
})

it('stops dry runs of nothing, and they say what would stop', async () => {
  const { run } = await setUp()

  for (const command of ['backup prune', 's3 sync', 's3 gc']) {
    const dry = await run(...command.split(' '), '--dry-run')
    expect(dry, dry.stderr).toMatchObject({ exitCode: 3 })
    expect(dry.stderr).toContain('it would stop without --accept-change: 1 of 1 files are gone since docs-')
  }
})

it('is of one repo, and cannot be accepted for all', async () => {
  const { run } = await setUp()

  expectFailure(await run('backup', 'daily', '--all', '--accept-change'), 'usage-invalid')
  expect((await run('backup', 'run', '--accept-change')).exitCode).toBe(0)
  expect((await run('help', 'breaker')).stdout).toContain('When much has changed at once')
})
