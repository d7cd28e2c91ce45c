// `backup mount` and `backup umount` as a person types them, on a Borg in memory.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

it('backup mount says how it ends, and backup umount ends it', async () => {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg() }
  await mkdir(join(root, 'source'))
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  await run('backup', 'run')

  expect((await run('backup', 'mount', 'look')).stdout).toBe(
    `✓ mounted   all archives of docs   ${root}/look\n! Backups of docs wait until it is unmounted:  borgboi backup umount ${root}/look\n`,
  )
  expect((await run('umount', 'look')).stdout).toBe(`✓ unmounted   ${root}/look\n`)
  expect((await run('backup', 'umount', 'look')).exitCode).toBe(1)
  expect((await run('mount', 'look', '--archive', 'latest', '--json')).json()).toMatchObject([
    { name: 'docs', archive: expect.stringMatching(/^docs-/), directory: `${root}/look` },
  ])
  expectFailure(await run('backup', 'mount', 'source/..'), 'destination-not-empty')
  expectFailure(await run('backup', 'mount', '-n', 'nope', 'look'), 'repo-unknown')
})
