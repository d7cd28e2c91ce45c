// What is promised of repos, on the command line.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

it('repo objectives are shown, set and cleared', async () => {
  const root = await tempDir()
  await mkdir(join(root, 'source'))
  const borg = new FakeBorg()
  const run = (...args: string[]) => borgboi({ root, overrides: { borg } }, ...args)
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')

  const configured = 'rpo=26h,verify_within=none,drill_every=none,min_free_space=none'
  expect((await run('repo', 'objectives', 'show')).stdout).toBe(
    `repo        docs\npromised    ${configured}\nof its own  nothing: all from the configuration\n`,
  )
  expect((await run('repo', 'objectives', 'set', 'offsite=required,rpo=2d', '--name', 'docs')).stdout).toMatch(
    /of its own +rpo=2d,offsite=required\nconfiguration +rpo=26h/,
  )
  expect((await run('repo', 'objectives', 'show', '--json')).json()).toMatchObject([
    { own: { rpo: 172_800_000, offsite: 'required' } },
  ])
  expectFailure(await run('repo', 'objectives', 'set', 'rpo=soon'), 'value-invalid')
  expectFailure(await run('repo', 'objectives', 'show', '-n', 'docs', '-p', 'docs'), 'usage-invalid')
  expect((await run('repo', 'objectives', 'clear', '--json')).json()).toMatchObject([{ own: {} }])
})
