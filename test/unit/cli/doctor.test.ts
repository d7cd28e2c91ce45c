// `doctor` as a person calls it: one screen, and how it ends.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { keyFile } from '../../support/passphrases.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function setUp() {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg(join(root, 'borg-home')), clock: new FakeClock() }
  const run = (...args: string[]) => borgboi({ root, overrides }, ...args)
  await mkdir(join(root, 'source'))
  await writeFile(join(root, 'source/a.txt'), 'alpha')
  await keyFile(join(root, '.borgboi/passphrases/docs.key'), 'SeNt1neL\n')
  expect(await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')).toMatchObject({
    exitCode: 0,
  })
  expect(await run('repo', 'kit', 'create', '--name', 'docs')).toMatchObject({ exitCode: 0 })
  return { root, run }
}

it('all is well: one line for each thing, one for each repo, exit 0', async () => {
  const { run } = await setUp()

  const { exitCode, stdout } = await run('doctor')

  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^✓ Borg +version 1\.4\.0$/m)
  expect(stdout).toMatch(/^✓ docs +repository, sources, passphrase, recovery kit, lock, space$/m)
  expect(stdout).toMatch(/^· docs: vault +copied to no vault/m)
  expect(stdout).toMatch(/✓ all is well\n$/)
})

it('--verbose shows every check of a repo', async () => {
  const { root, run } = await setUp()

  expect((await run('doctor', '--verbose')).stdout).toMatch(new RegExp(`^✓ docs: repository +${root}/docs$`, 'm'))
})

it('a warning ends in 3, an error in 1, each with what to do', async () => {
  const { root, run } = await setUp()
  await rm(join(root, 'source/a.txt'))
  const warned = await run('doctor')
  await rm(join(root, 'source'), { recursive: true })
  const failed = await run('doctor', '--quiet')

  expect(warned).toMatchObject({
    exitCode: 3,
    stdout: expect.stringMatching(/^! docs: sources .*is empty\n {4}is its disk mounted\?$/m),
  })
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toBe(
    `✗ docs: sources      ${root}/source does not exist\n    is its disk mounted? gone for good: borgboi repo sources remove --name docs ${root}/source\n✗ 1 error\n`,
  )
})

it('tells programs the same', async () => {
  const { run } = await setUp()

  const { level, findings } = JSON.parse((await run('doctor', '--json', '-n', 'docs')).stdout)

  expect(level).toBe('ok')
  expect(findings).toContainEqual({ check: 'lock', level: 'ok', message: 'free', repo: 'docs' })
  expectFailure(await run('doctor', '-n', 'none'), 'repo-unknown')
})
