// `exclusions explain` and `exclusions audit` as a person calls them: what they print and how they end.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp() {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg(join(root, 'borg-home')) }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await mkdir(join(root, 'source/app/node_modules'), { recursive: true })
  await writeFile(join(root, 'source/app/node_modules/i.js'), 'x')
  await writeFile(join(root, 'source/app/a\u202e.txt'), 'alpha')
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  await writeFile(join(root, 'mine.txt'), 'sh:**/node_modules\n*.nothing\n')
  await run('exclusions', 'create', '--name', 'docs', '--from', 'mine.txt')
  return { root, run, rules: join(root, '.borgboi/data/exclusions/docs.txt') }
}

it('explain says of each path what becomes of it and why', async () => {
  const { root, run, rules } = await setUp()

  const { exitCode, stdout } = await run('exclusions', 'explain', 'source/app/node_modules/i.js', 'source/new', '/etc')

  expect(exitCode).toBe(0)
  expect(stdout).toBe(`· ${root}/source/app/node_modules/i.js: is left out of docs
    by sh:**/node_modules (line 1 of ${rules}), which leaves out ${root}/source/app/node_modules
✓ ${root}/source/new: would be backed up into docs
    there is nothing of that name now
! /etc: is in no source of docs
`)
})

it('explain tells programs the same', async () => {
  const { root, run } = await setUp()

  const { stdout } = await run('exclusions', 'explain', '--name', 'docs', '--json', 'source')

  expect(JSON.parse(stdout)).toEqual({
    explanations: [
      { path: join(root, 'source'), repo: 'docs', verdict: 'backed-up', exists: true, source: join(root, 'source') },
    ],
  })
})

it('explain needs a path, and a repo there is', async () => {
  const { run } = await setUp()

  expectFailure(await run('exclusions', 'explain'), 'usage-invalid')
  expectFailure(await run('exclusions', 'explain', '-n', 'nope', 'x'), 'repo-unknown')
  expectFailure(await run('exclusions', 'explain', '-n', 'docs', '-p', 'docs', 'x'), 'usage-invalid')
})

it('audit shows what is backed up, rules without effect, and where the bytes are', async () => {
  const { root, run, rules } = await setUp()

  const { exitCode, stdout } = await run('exclusions', 'audit')

  expect(exitCode).toBe(0)
  expect(stdout).toBe(`✓ docs: backed up are
    5 B  1 file  ${root}/source
· left out: 1 entry by 1 rule, 0 directories tagged as caches
! 1 rule of ${rules} leaves nothing out
    line 2  *.nothing  matches nothing
· the largest directories that are backed up
    5 B  1 file  ${root}/source/app
`)
})

it('audit tells programs the same', async () => {
  const { run } = await setUp()

  const found = JSON.parse((await run('exclusions', 'audit', '--json', '-n', 'docs')).stdout)

  expect(found).toMatchObject({ repo: 'docs', sources: [{ files: 1, bytes: 5 }], unreadable: { count: 0, paths: [] } })
  expect(found.rules.map(({ line, state }: { line: number; state: string }) => [line, state])).toEqual([
    [1, 'used'],
    [2, 'unused'],
  ])
})
