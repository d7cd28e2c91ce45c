// Several repos at once, and damage: what is broken is reported, and what is whole is not held back by it.

import { randomBytes } from 'node:crypto'
import { open, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import {
  archivesOf,
  expectNothingLeft,
  keepKey,
  nextSecond,
  reportsOf,
  type Stage,
  setUpDocs,
  succeed,
} from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir, tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('every repo at once', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    await addRepo('pics')
  })

  async function addRepo(name: string): Promise<void> {
    await keepKey(stage.home, name)
    const path = join(stage.root, `${name}-repository`)
    await succeed(
      stage.run('repo', 'create', '--name', name, '--path', path, '--source', stage.source, '--retention', 'last=9'),
    )
  }

  test('all well: each has its archive and its own report, and a table closes the output', async () => {
    const { stdout } = await succeed(stage.run('backup', 'daily', '--all', '--jobs', '2'))

    for (const name of ['docs', 'pics']) {
      expect(stdout).toContain(`✓ ${name}`)
      expect(await archivesOf(stage, name)).toHaveLength(1)
      expect((await reportsOf(stage, name))[0]).toMatchObject({ repo: name, outcome: 'ok' })
    }
  })

  test('one broken: the other is backed up, both are reported, and the exit code is that of the failure', async () => {
    await writeFile(join(stage.home, 'passphrases', 'docs.key'), 'wrong\n')
    await nextSecond()

    const text = await stage.run('backup', 'daily', '--all', '--jobs', '2')
    await nextSecond()
    const json = await stage.run('backup', 'daily', '--all', '--jobs', '2', '--json')
    await keepKey(stage.home, 'docs')

    expectFailure(text, 'passphrase-wrong')
    expect(text.stdout).toMatch(/✗ docs .*exit 12\n✓ pics/)
    expectFailure(json, 'passphrase-wrong')
    expect(json.json().at(-1)).toMatchObject({
      message_type: 'total',
      runs: [
        { repo: 'docs', outcome: 'failed', exitCode: 12 },
        { repo: 'pics', outcome: 'ok', exitCode: 0 },
      ],
    })
    expect(await archivesOf(stage, 'docs')).toHaveLength(1)
    expect(await archivesOf(stage, 'pics')).toHaveLength(3)
    expect((await reportsOf(stage, 'docs'))[0]).toMatchObject({ outcome: 'failed', exitCode: 12 })
    await expectNothingLeft(stage)
  })

  test('without a name, a command for one repo asks which is meant', async () => {
    const { reason, hint } = expectFailure(await stage.run('backup', 'list'), 'usage-invalid')

    expect(reason).toContain('docs, pics')
    expect(hint).toContain('--name')
  })
})

describe.skipIf(testBorgVersion === undefined)('a damaged repository', () => {
  test('is found by check with exit 13, and nothing is repaired or removed', async () => {
    const stage = await setUpDocs(await tempDir())
    await writeFile(join(stage.source, 'big'), randomBytes(2 << 20))
    await succeed(stage.run('backup', 'run'))
    await flipBytes(await largestSegment(stage.repository))

    const text = await stage.run('backup', 'check')
    const json = await stage.run('backup', 'check', '--verify-data', '--json')

    const { message, hint } = expectFailure(text, 'repository-damaged')
    expect(message).toContain(stage.repository)
    expect(hint).toContain('do not prune')
    expectFailure(json, 'repository-damaged')
    expect((await reportsOf(stage))[0]).toMatchObject({ workflow: 'backup check', outcome: 'failed', exitCode: 13 })
    expect(await archivesOf(stage)).toHaveLength(1)
    await expectNothingLeft(stage)
  })

  test('fails a restore of what is damaged with exit 13 or a warning, never silently', async () => {
    const stage = await setUpDocs(await tempDir(), { args: ['--compression', 'none'] })
    await writeFile(join(stage.source, 'big'), randomBytes(2 << 20))
    await succeed(stage.run('backup', 'run'))
    await flipBytes(await largestSegment(stage.repository))

    const { exitCode } = await stage.run('backup', 'restore', '--destination', 'out')

    expect(exitCode).toBe(13)
  })
})

async function largestSegment(repository: string): Promise<string> {
  const directory = join(repository, 'data', '0')
  const paths = (await readdir(directory)).map((name) => join(directory, name))
  const sizes = await Promise.all(paths.map(async (path) => ({ path, sizeBytes: (await stat(path)).size })))
  return sizes.toSorted((a, b) => b.sizeBytes - a.sizeBytes)[0]?.path ?? ''
}

/** In the middle, where data is. */
async function flipBytes(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const middle = Math.floor((await file.stat()).size / 2)
  const { buffer } = await file.read(Buffer.alloc(64), 0, 64, middle)
  await file.write(
    buffer.map((byte) => byte ^ 0xff),
    0,
    64,
    middle,
  )
  await file.close()
}
