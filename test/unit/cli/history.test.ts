// `history` and `history show`, on a Borg in memory.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** A repo with a daily run that had seven warnings, and one that failed. */
async function setUp() {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(), new FakeClock()]
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const run = async (...args: string[]) => {
    clock.advance(60_000)
    return await borgboi({ root, overrides: { borg, clock } }, ...args)
  }
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  for (let file = 1; file <= 7; file++) borg.warnings.push({ kind: 'file-changed', message: '', path: `f${file}` })
  await run('backup', 'daily')
  borg.failures.set('create', new AppError('repository-full', 'full', { reason: 'no space', hint: 'free some' }))
  const failed = await run('backup', 'daily')
  return { run, failed }
}

it('history lists what ran and how it ended', async () => {
  const { run } = await setUp()

  const { stdout, exitCode } = await run('history')

  expect(exitCode).toBe(0)
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^ {2}run +repo +what +began +took$/),
    expect.stringMatching(/^✗ \w{6} +docs +backup daily +.*create archive: repository-full \(exit 1\)$/),
    expect.stringMatching(/^! \w{6} +docs +backup daily +.*7 warnings$/),
    '',
  ])
  expect((await run('history', '--limit', '1', '--json')).json()).toMatchObject([
    { runs: [{ workflow: 'backup daily', outcome: 'failed', exitCode: 1 }] },
  ])
  expectFailure(await run('history', '--limit', '0'), 'usage-invalid')
  expectFailure(await run('history', '-n', 'docs', '-p', 'docs'), 'usage-invalid')
})

it('history show tells all of a run: its steps, its warnings, why it failed', async () => {
  const { run } = await setUp()
  const [, , warned = ''] = (await run('history')).stdout.split('\n')
  const id = warned.slice(2, 8)

  const shown = await run('history', 'show', id)

  expect(shown.stdout).toMatch(/^docs +backup daily · .*\n {2}! create archive/)
  expect(shown.stdout).toContain(`      and 2 more: borgboi history show ${id} --warnings`)
  expect((await run('history', 'show', id, '--warnings')).stdout).toContain('      f7\n')
  expect((await run('history', 'show', 'latest')).stdout).toContain('✗ docs: full\n  no space\n  free some')
  expect((await run('history', 'show', id, '--json')).json()).toMatchObject([{ warningCounts: { 'file-changed': 7 } }])
  expectFailure(await run('history', 'show', 'nope'), 'run-unknown')
})

it('history of a home where nothing ran says so', async () => {
  const root = await tempDir()

  expect((await borgboi({ root }, 'history')).stdout).toBe('Nothing ran yet.\n')
})
