// Drills with the real Borg: of a repository with awkward files, of its copy on a bare machine, and of damage.

import { link, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { expectNothingLeft, fingerprint, type Stage, setStage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a drill', () => {
  let stage: Stage
  let vault: string

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    const odd = join(stage.source, 'odd')
    await mkdir(odd)
    for (const name of ['sh:star *.txt', 'pf:x', '-dash', 'ünï', 'new\nline']) await writeFile(join(odd, name), name)
    await writeFile(Buffer.concat([Buffer.from(`${odd}/`), Buffer.from([0xff, 0xfe])]), 'no UTF-8')
    await link(join(stage.source, 'a.txt'), join(odd, 'second-name'))
    await symlink('/etc/passwd', join(odd, 'link'))
    vault = join(stage.root, 'vault')
    await mkdir(vault)
    await succeed(stage.run('vault', 'add', 'nas', vault))
    await succeed(stage.run('vault', 'use', 'nas'))
    await succeed(stage.run('backup', 'daily'))
  })

  test('of the repository finds every file as in its source, whatever it is called, and leaves nothing', async () => {
    const before = await fingerprint(stage.repository)

    const { stdout } = await succeed(stage.run('backup', 'drill', '--sample', '100'))

    expect(stdout).toMatch(/compare +7 as in the source/)
    expect(await fingerprint(stage.repository)).toEqual(before)
    await expectNothingLeft(stage)
  })

  test('of the copy needs nothing of this machine but the passphrase', async () => {
    const bare = await setStage(await tempDir())
    const key = join(stage.home, 'passphrases', 'docs.key')
    const args = ['s3', 'drill', '--from', `file://${vault}`, '--passphrase-file', key]

    const { stdout } = await succeed(bare.run(...args))

    expect(stdout).toMatch(/compare +7 as Borg had stored it/)
    expect(stdout).toContain('in the vault, as V4')
    const { stdout: listed } = await succeed(stage.run('s3', 'generations', '--json'))
    expect(JSON.parse(listed)).toMatchObject({ generations: [{ verified: { level: 4 } }] })
    expect(await readdir(bare.root)).not.toContain('.borgboi-restore')
    await expectNothingLeft(bare)
  })

  test('of the copy is evidence that status shows', async () => {
    await succeed(stage.run('repo', 'objectives', 'set', 'drill_every=90d,verify_within=30d'))

    await succeed(stage.run('s3', 'drill', '--sample', '2'))

    const { stdout } = await succeed(stage.run('status'))
    expect(stdout).toMatch(/✓ docs +today .* V4, today \d\d:\d\d +ok, today \d\d:\d\d +26 h · 30 d · 90 d/)
  })

  test('finds damage in the vault, and status is broken until it is gone', async () => {
    const damaged = await largestObject(vault)
    const content = await readFile(damaged)
    await truncate(damaged, content.length - 1)

    expectFailure(await stage.run('s3', 'drill'), 'vault-damaged')
    const { stdout, exitCode } = await stage.run('status')
    await writeFile(damaged, content)
    await succeed(stage.run('s3', 'verify'))

    expect({ stdout, exitCode }).toMatchObject({
      exitCode: 14,
      stdout: expect.stringContaining('damage was found in nas'),
    })
    await succeed(stage.run('status'))
    await expectNothingLeft(stage)
  })
})

async function largestObject(vault: string): Promise<string> {
  const names = (await readdir(vault, { recursive: true })).filter((name) => name.includes('/objects/'))
  const sizes = await Promise.all(
    names.map(async (name) => ({
      path: join(vault, name),
      size: (await readFile(join(vault, name)).catch(() => '')).length,
    })),
  )
  return sizes.toSorted((a, b) => b.size - a.size)[0]?.path ?? ''
}
