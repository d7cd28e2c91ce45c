// `backup hold` and `backup release` as a person types them, on a Borg in memory.

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp() {
  const root = await tempDir()
  const [borg, clock] = [new FakeBorg(), new FakeClock()]
  await mkdir(join(root, 'source'))
  const run = async (...args: string[]) => {
    clock.advance(60_000)
    return await borgboi({ root, overrides: { borg, clock } }, ...args)
  }
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source', '--retention', 'last=1')
  for (let i = 0; i < 2; i++) await run('backup', 'run')
  const [first = '', second = ''] = borg.repositories.get(join(root, 'docs'))?.archives.map(({ name }) => name) ?? []
  return { run, first, second }
}

describe('backup hold and release', () => {
  it('say what the archive is called now, and list shows it', async () => {
    const { run, first, second } = await setUp()

    expect((await run('backup', 'list')).stdout).not.toContain('held')
    expect((await run('backup', 'hold', first)).stdout).toContain(`✓ hold             ${first} → held:${first}`)
    expect((await run('backup', 'list')).stdout).toMatch(new RegExp(`held:${first} .* held\n${second} `))
    expect((await run('backup', 'list', '--json')).json()).toMatchObject([
      { archives: [{ name: `held:${first}`, held: true }, { held: false }] },
    ])
    expect((await run('repo', 'retention', 'simulate')).stdout).toMatch(new RegExp(`held:${first} .* held\n`))
    expect((await run('backup', 'hold', first)).stdout).toContain(`· hold             held:${first} is held already`)
    expect((await run('backup', 'release', `held:${first}`)).stdout).toContain(`held:${first} → ${first}`)
    expect((await run('backup', 'hold', '--archive', first, '-a', second)).stdout).toContain(`held:${second}`)
    expect((await run('backup', 'release', '--archive', first, second)).exitCode).toBe(0)
  })

  it('refuse what is not there, both ways to name a repo, and to delete what is held', async () => {
    const { run, first } = await setUp()
    await run('backup', 'hold', first)

    expectFailure(await run('backup', 'hold', 'mistyped'), 'archive-unknown')
    expectFailure(await run('backup', 'release', '-n', 'nope', first), 'repo-unknown')
    expectFailure(await run('backup', 'hold', '-n', 'docs', '-p', 'docs', first), 'usage-invalid')
    expectFailure(await run('backup', 'hold'), 'usage-invalid')
    expectFailure(await run('backup', 'delete', '--archive', first, '--yes'), 'archive-held')
  })
})
