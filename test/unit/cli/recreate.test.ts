// `backup recreate` as a person types it, on a Borg in memory.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

it('backup recreate says what would go, asks, and takes it out', async () => {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg() }
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source', 'a.txt'), 'alpha')
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  await run('backup', 'run')
  const pattern = `pp:${root}/source/a.txt`

  expect((await run('backup', 'recreate', '--exclude', pattern, '--dry-run')).stdout).toMatch(
    /✓ look +to be left out +1 entry[\s\S]*· recreate +would rewrite docs-/,
  )
  const refused = await run('recreate', '--exclude', pattern)
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('confirmation-needed') })
  expect((await run('backup', 'recreate', '-e', pattern, '--yes')).stdout).toMatch(/✓ recreate +docs-.* removed 1/)
  expect((await run('backup', 'contents', '--archive', 'latest', '--type', 'file')).stdout).toBe('')
  expectFailure(await run('backup', 'recreate'), 'usage-invalid')
  expectFailure(await run('backup', 'recreate', '-n', 'nope', '--exclusions'), 'repo-unknown')
})
