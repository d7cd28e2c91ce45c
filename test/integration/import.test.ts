// Repositories that somebody made with Borg alone and now hands over.

import { rename, rm } from 'node:fs/promises'
import { beforeEach, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, nextSecond, type Stage, setStage, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { plainBorg } from '../support/plain-borg.ts'
import { tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a repository made with plain Borg', () => {
  let stage: Stage
  const importDocs = (...args: string[]) =>
    stage.run('repo', 'import', '--name', 'docs', '--path', stage.repository, '--source', stage.source, ...args)

  beforeEach(async () => {
    stage = await setStage(await tempDir())
  })

  /** With two archives that are not named as borgboi names its own. */
  function makeRepository(encryption: string): void {
    plainBorg(stage, 'init', '--encryption', encryption, stage.repository)
    for (const name of ['host-monday', 'host-tuesday'])
      plainBorg(stage, 'create', `${stage.repository}::${name}`, stage.source)
  }

  test('is recorded, backed up into, and prune leaves its other archives alone', async () => {
    makeRepository('repokey-blake2')

    const imported = await succeed(importDocs('--retention', 'last=1'))
    await succeed(stage.run('backup', 'daily'))
    await nextSecond()
    await succeed(stage.run('backup', 'daily'))

    expect(imported.stdout).toContain('2 archives have names of another kind: prune leaves them alone')
    expect(await archivesOf(stage)).toEqual(['host-monday', 'host-tuesday', expect.stringMatching(/^docs-/)])
  })

  test('has its archives pruned by the pattern that was given for them, and by no other', async () => {
    makeRepository('repokey')
    plainBorg(stage, 'create', `${stage.repository}::other-monday`, stage.source)

    const imported = await succeed(importDocs('--retention', 'last=1', '--archive-glob', 'host-*'))
    await succeed(stage.run('backup', 'run'))
    await succeed(stage.run('backup', 'prune'))

    expect(imported.stdout).toContain('Its new archives are named host-…')
    expect(await archivesOf(stage)).toEqual(['other-monday', expect.stringMatching(/^host-2/)])
  })

  test('may be unencrypted: it needs no passphrase and gets none', async () => {
    makeRepository('none')
    await rm(`${stage.home}/passphrases`, { recursive: true })

    const imported = await succeed(importDocs('--json'))
    await succeed(stage.run('backup', 'daily'))
    await succeed(stage.run('backup', 'restore', '--destination', 'out'))

    expect(JSON.parse(imported.stdout)).toMatchObject({ record: { encryption: 'none' }, archives: 2 })
    expect(await archivesOf(stage)).toHaveLength(3)
  })

  test('is not recorded with a wrong passphrase, or with none', async () => {
    makeRepository('repokey-blake2')

    const wrong = expectFailure(await importDocs('--passphrase', 'wrong'), 'passphrase-wrong')
    await rm(`${stage.home}/passphrases/docs.key`)
    const none = expectFailure(await importDocs(), 'passphrase-missing')

    expect(wrong.reason).toContain('flag')
    expect(none.hint).toContain('--passphrase-file')
    expect((await stage.run('repo', 'list')).stdout).toContain('No repo yet')
  })

  test('that was moved is recorded at its new place, and not twice', async () => {
    makeRepository('repokey-blake2')
    const moved = `${stage.repository}-moved`
    await rename(stage.repository, moved)

    expectFailure(await importDocs(), 'repository-missing')
    await succeed(stage.run('repo', 'import', '-n', 'docs', '-p', moved, '-b', stage.source))
    expectFailure(await stage.run('repo', 'import', '-n', 'again', '-p', moved, '-b', stage.source), 'repo-exists')
    await succeed(stage.run('backup', 'daily'))

    expect(await archivesOf(stage)).toHaveLength(3)
  })

  test('keeps its files as they were while it is recorded', async () => {
    makeRepository('repokey-blake2')
    const before = plainBorg(stage, 'list', stage.repository)

    await succeed(importDocs())

    expect(plainBorg(stage, 'list', stage.repository)).toBe(before)
  })
})
