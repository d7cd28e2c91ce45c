// What is backed up into a repo, on the command line.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

it('repo sources list, add and remove', async () => {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg() }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  const [source, pictures] = [join(root, 'source'), join(root, 'pictures')]
  for (const directory of [source, pictures]) await mkdir(directory)
  await run('repo', 'create', '-n', 'docs', '-p', 'docs', '--source', 'source')

  const added = await run('repo', 'sources', 'add', 'pictures')
  const again = await run('repo', 'sources', 'add', 'pictures')
  const listed = await run('repo', 'sources', 'list')
  const offered = await run('completion', 'query', '--', 'repo', 'sources', 'remove', '')
  const last = await run('repo', 'sources', 'remove', 'source', 'pictures')
  const removed = await run('repo', 'sources', 'remove', 'source', '--json')

  expect(added.stdout).toBe(
    `✓ backed up into docs from the next backup on   ${pictures}\n  docs backs up:  ${source}, ${pictures}\n`,
  )
  expect(again.stdout).toBe('· nothing to change: docs backs all of it up already\n')
  expect(listed.stdout).toBe(`${source}\n${pictures}\n`)
  expect(offered.stdout).toBe(`${source}\n${pictures}\n`)
  expect(expectFailure(last, 'usage-invalid').hint).toContain('repo sources add')
  expect(removed.json()).toEqual([{ name: 'docs', sources: [pictures], added: [], removed: [source] }])
  expectFailure(await run('repo', 'sources', 'add'), 'usage-invalid')
  expectFailure(await run('repo', 'sources', 'list', '-n', 'docs', '-p', 'docs'), 'usage-invalid')
  expectFailure(await run('repo', 'sources', 'add', 'nowhere'), 'source-missing')
})
