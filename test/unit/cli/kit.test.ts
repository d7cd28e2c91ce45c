// `repo kit create` and `repo kit verify` as a person types them, on a Borg in memory.

import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeBorg } from '../../fakes/fake-borg.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { expectFailure } from '../../support/failure.ts'
import { keyFile } from '../../support/passphrases.ts'
import { borgboi, type CliHome } from '../../support/run-cli.ts'
import { tempDir } from '../../support/temp-dir.ts'

const SENTINEL = 'sentinel-Pa55 "phrase" ünï'
const KIT = 'docs-kit-2026-11-20'

async function setUp() {
  const root = await tempDir()
  const overrides = { borg: new FakeBorg(), clock: new FakeClock() }
  for (const name of ['source', 'stick']) await mkdir(join(root, name))
  await keyFile(join(root, '.borgboi/passphrases/docs.key'), `${SENTINEL}\n`)
  const runWith = async (changes: Partial<CliHome>, ...args: string[]) => {
    const result = await borgboi({ root, overrides, ...changes }, ...args)
    expect(result.stdout + result.stderr).not.toContain('sentinel')
    return result
  }
  const run = (...args: string[]) => runWith({}, ...args)
  await run('repo', 'create', '--name', 'docs', '--path', 'docs', '--source', 'source')
  return { root, run, runWith }
}

describe('repo kit create', () => {
  it('says where the two files are, and where the passphrase is not', async () => {
    const { root, run } = await setUp()

    const made = await run('repo', 'kit', 'create', '--name', 'docs', '--to', 'stick')

    expect(made.stdout).toContain(`✓ recovery kit to print     ${root}/stick/${KIT}.html  (only you can read it)`)
    expect(made.stdout).toContain(`it is in ${root}/.borgboi/passphrases/docs.key`)
    expect(made.stdout).toContain(`borgboi repo kit verify ${root}/stick/${KIT}.txt`)
    expect((await readdir(join(root, 'stick'))).sort()).toEqual([`${KIT}.html`, `${KIT}.txt`])
    expect((await run('repo', 'info')).stdout).toMatch(/recovery kit +made today \d\d:\d\d\n/)
    expect((await run('repo', 'info', '--json')).json()).toMatchObject([{ kits: [{ stale: [] }] }])
    expectFailure(await run('repo', 'kit', 'create', '--to', 'stick'), 'file-unusable')
  })

  it('writes the passphrase only after a yes', async () => {
    const { root, run, runWith } = await setUp()
    const create = ['repo', 'kit', 'create', '--with-passphrase', '--to', 'stick']

    expectFailure(await run(...create), 'confirmation-needed')
    const asked = await runWith({ answers: 'n\n' }, ...create)
    expect(asked.stderr).toContain(
      'About to write the passphrase of docs into its recovery kit:\n  - whoever gets hold',
    )
    expect(await readdir(join(root, 'stick'))).toEqual([])
    expect((await run(...create, '--dry-run')).stdout).toContain('would be written')
    const made = await runWith({ answers: 'y\n' }, ...create)

    expect(made.stdout).toContain('! Whoever has them can read every backup.')
    expect(await readFile(join(root, 'stick', `${KIT}.txt`), 'utf8')).toContain(SENTINEL)
  })

  it('refuses both ways to name a repo, and a repo there is not', async () => {
    const { run } = await setUp()

    expectFailure(await run('repo', 'kit', 'create', '-n', 'docs', '-p', 'docs'), 'usage-invalid')
    expectFailure(await run('repo', 'kit', 'create', '-n', 'nope'), 'repo-unknown')
    expect((await run('repo', 'info')).stdout).toMatch(/recovery kit +none: borgboi repo kit create --name docs/)
  })
})

describe('repo kit verify', () => {
  it('says what was proven, and asks for the passphrase', async () => {
    const { root, run, runWith } = await setUp()
    await run('repo', 'kit', 'create')

    expectFailure(await run('repo', 'kit', 'verify', `${KIT}.txt`), 'passphrase-missing')
    const verified = await runWith({ answers: `${SENTINEL}\n` }, 'repo', 'kit', 'verify', `${KIT}.txt`)

    expect(verified.stderr).toContain('passphrase for docs (hidden): ')
    expect(verified.stdout).toMatch(
      /^✓ the kit is whole +docs, made today .*\n✓ the repository opens +\S+\/docs, with its key and /,
    )
    expect(verified.exitCode).toBe(0)
    expectFailure(await run('repo', 'kit', 'verify', `${KIT}.html`), 'file-unusable')
    expectFailure(await run('repo', 'kit', 'verify', 'nowhere.txt'), 'file-unusable')
    const wrong = await keyFile(join(root, 'wrong'), 'no\n')
    expect((await run('repo', 'kit', 'verify', `${KIT}.txt`, '--passphrase-file', wrong)).exitCode).toBe(12)
  })

  it('ends with 3 where a new one is due', async () => {
    const { run } = await setUp()
    await run('repo', 'kit', 'create', '--with-passphrase', '--yes')
    await run('repo', 'passphrase', 'change', '--yes')

    const verified = await run('repo', 'kit', 'verify', `${KIT}.txt`)

    expect(verified.exitCode).toBe(3)
    expect(verified.stdout).toContain('! the key or its passphrase has changed\n  This kit is stale.')
    expect((await run('repo', 'kit', 'verify', `${KIT}.txt`, '--json')).json()).toMatchObject([
      { passphraseFrom: 'kit', stale: ['the key or its passphrase has changed'] },
    ])
  })
})
