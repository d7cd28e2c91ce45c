// `backup drill` and `s3 drill` on the command line, with a Borg and a replication in memory.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeReplication } from '../../fakes/fake-replication.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp() {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(), new FakeClock()]
  for (const name of ['source', 'nas']) await mkdir(join(root, name))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const overrides = { borg, clock, replication: new FakeReplication(clock) }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  await run('vault', 'add', 'nas', join(root, 'nas'))
  await run('vault', 'use', 'nas')
  await run('backup', 'daily')
  return { root, run }
}

it('backup drill says what came back, in text and in JSON', async () => {
  const { root, run } = await setUp()

  const { stdout, exitCode } = await run('backup', 'drill')

  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^docs +.*\/docs\n {2}✓ choose files +seed \w{6} +1 file\b/)
  expect(stdout).toContain('1 as in the source')
  expect((await run('backup', 'drill', '--json', '--seed', 'abc')).json().at(-1)).toMatchObject({
    message_type: 'summary',
    workflow: 'backup drill',
    exitCode: 0,
    steps: [{ detail: 'seed abc' }, { figures: { files: 1, bytes: 5 } }, {}, {}],
  })
  expect((await run('status', '--json')).json()).toMatchObject([
    { repos: [{ evidence: { drill: { result: 'good', seed: 'abc', archive: expect.stringMatching(/^docs-/) } } }] },
  ])
  expectFailure(await run('backup', 'drill', '--sample', '501'), 'usage-invalid')
  expectFailure(await run('backup', 'drill', '--sample', '0'), 'usage-invalid')
  expectFailure(await run('backup', 'drill', '--name', 'none'), 'repo-unknown')
  expectFailure(await run('backup', 'drill', '--scratch', join(root, 'gone')), 'file-unusable')
})

it('s3 drill asks for a vault that is known, and a passphrase', async () => {
  const { root, run } = await setUp()

  expectFailure(await run('s3', 'drill', '--from', 'none'), 'vault-unknown')
  expectFailure(await run('s3', 'drill', '--sample', 'many'), 'usage-invalid')
  expectFailure(await run('s3', 'drill', '--passphrase-file', join(root, 'gone')), 'passphrase-missing')
})
