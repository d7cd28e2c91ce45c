// Repos that get another name, another place or a copy, with the real Borg: everything that was known of them goes along.

import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, nextSecond, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { farawayDir, otherDisk } from '../support/other-disk.ts'
import { tempDir } from '../support/temp-dir.ts'

/** The repo `docs` with one archive, copied to the vault `nas`. */
async function setUp(): Promise<Stage> {
  const root = await tempDir()
  await mkdir(join(root, 'nas'))
  const stage = await setUpDocs(root, { args: ['--retention', 'last=1'] })
  await succeed(stage.run('vault', 'add', 'nas', join(root, 'nas')))
  await succeed(stage.run('vault', 'use', 'nas'))
  await succeed(stage.run('backup', 'daily'))
  await nextSecond()
  return stage
}

/** A day at the place or under the name it has now: one archive follows the other, and the copy follows both. */
async function expectGoesOn(stage: Stage, name = 'docs'): Promise<void> {
  const daily = await succeed(stage.run('backup', 'daily', '--name', name))
  expect(daily.stdout).toMatch(/prune +kept 1 · removed 1/)
  expect(daily.stdout).toMatch(/off-site +generation 2 /)
  expect(await archivesOf(stage, name)).toEqual([expect.stringMatching(/^docs-/)])
}

describe.skipIf(testBorgVersion === undefined)('a repo', () => {
  test('that was renamed and moved keeps one row of archives, its history and its copies', async () => {
    const stage = await setUp()
    const moved = join(stage.root, 'big/disk/docs')

    await succeed(stage.run('repo', 'rename', 'docs', 'papers'))
    await succeed(stage.run('repo', 'move', 'papers', '--to', moved))

    await expectGoesOn(stage, 'papers')
    expect(await readdir(join(stage.home, 'data/runs'))).toEqual(['papers'])
    expect(await readdir(stage.root)).not.toContain('repository')
  })

  test.skipIf(otherDisk === undefined)('moved to another disk is whole there, and gone here', async () => {
    const stage = await setUp()
    const moved = join(await farawayDir(), 'docs')

    const report = await succeed(stage.run('repo', 'move', 'docs', '--to', moved))

    expect(report.stdout).toMatch(/move +copied and compared/)
    expect(await readdir(stage.root)).not.toContain('repository')
    await expectGoesOn(stage)
    await succeed(stage.run('backup', 'check', '--verify-data'))
  })

  test('moved by hand is refused with the way to say so, and that way works', async () => {
    const stage = await setUp()
    const moved = join(stage.root, 'elsewhere')
    await rename(stage.repository, moved)

    const { hint = '' } = expectFailure(await stage.run('backup', 'daily'), 'repository-missing')
    const command = /borgboi (repo move .*ITS-NEW-PLACE)/.exec(hint)?.[1] ?? ''
    await succeed(stage.run(...command.replace('ITS-NEW-PLACE', moved).split(' ')))

    await succeed(stage.run('backup', 'list'))
  })

  test('copied to a disk comes back from it', async () => {
    const stage = await setUp()
    const disk = join(stage.root, 'usb')
    await mkdir(disk)

    const { stderr } = await succeed(stage.run('repo', 'copy', 'docs', disk))
    const [, command = '', key = ''] = /borgboi (s3 restore .*) --to DIR[\s\S]*keep a copy of (\S+)/.exec(stderr) ?? []
    await succeed(stage.run(...command.split(' '), '--to', 'back', '--as', 'back', '--passphrase-file', key))

    expect(await archivesOf(stage, 'back')).toEqual(await archivesOf(stage))
    expect((await succeed(stage.run('repo', 'copy', 'docs', disk))).stdout).toContain('nothing new')
  })
})
