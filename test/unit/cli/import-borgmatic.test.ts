// `import borgmatic` as a person calls it, on the layouts that borgmatic had.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SecretText } from '../../../src/model/secret.ts'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { expectFailure } from '../../support/failure.ts'
import { keyFile } from '../../support/passphrases.ts'
import { borgboi } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/borgmatic')

/** A fixture with its paths below a directory of the test, where its repository and its sources are. */
async function setUp(fixture: string, repository: string) {
  const root = await tempDir()
  const borg = new FakeBorg(join(root, 'borg-home'))
  const passphrase = new SecretText('SeNt1neL "quoted"')
  await borg.init(
    { path: join(root, 'mnt/backup', repository), passphrase, lockWaitSeconds: 1 },
    { encryption: 'repokey' },
  )
  for (const source of ['srv/data', 'srv/more']) await mkdir(join(root, source), { recursive: true })
  await keyFile(join(root, 'passphrase'), 'SeNt1neL "quoted"\n')
  await cp(join(FIXTURES, fixture), join(root, fixture))
  const text = await readFile(join(root, fixture), 'utf8')
  await writeFile(join(root, fixture), text.replace(/(?<=[\s'"])\/(?=mnt|srv)/g, `${root}/`))
  const run = async (...args: string[]) => {
    const result = await borgboi({ root, overrides: { borg } }, ...args)
    expect(result.stdout + result.stderr).not.toContain('SeNt1neL')
    return result
  }
  return { root, run }
}

it('the flat layout: a dry run, the import, and the same again', async () => {
  const { root, run } = await setUp('flat.yaml', 'local.borg')

  const dry = await run('import', 'borgmatic', 'flat.yaml', '--dry-run')
  const first = await run('import', 'borgmatic', 'flat.yaml')
  const again = await run('import', 'borgmatic', 'flat.yaml')

  expect([dry.exitCode, first.exitCode, again.exitCode], first.stderr).toEqual([3, 3, 3])
  expect(dry.stdout).toBe(`${first.stdout}Nothing was changed: this says what would be done.\n`)
  expect(first.stdout).toContain(`✓ local recorded   ${root}/mnt/backup/local.borg   1 source, its exclusions too\n`)
  expect(first.stdout).toContain('borgboi repo import --name nas --path ssh://me@nas/./anna.borg')
  expect(first.stdout).toMatch(/^! \/var\/log\/app\*: has wildcards/m)
  expect(again.stdout).toContain('· local there already')
})

it('the layout with sections, its passphrase from a file', async () => {
  const { run } = await setUp('sections.yaml', 'old.borg')

  const without = await run('import', 'borgmatic', 'sections.yaml')
  const result = await run('import', 'borgmatic', 'sections.yaml', '--passphrase-file', 'passphrase', '--json')

  expect(without.exitCode).toBe(1)
  expect(JSON.parse(result.stdout)).toMatchObject({
    dryRun: false,
    repos: [
      { name: 'old', record: 'recorded', sources: [expect.stringMatching(/data$/), expect.stringMatching(/more$/)] },
    ],
  })
  expect((await run('exclusions', 'show', '--name', 'old')).stdout).toMatch(/sh:.*\/srv\/data\/cache\n.*fm:\*\.iso/)
})

it('a file that is not there, or none at all, is told', async () => {
  const { run } = await setUp('flat.yaml', 'local.borg')

  expectFailure(await run('import', 'borgmatic', 'none.yaml'), 'file-unusable')
  expectFailure(await run('import', 'borgmatic'), 'usage-invalid')
})
