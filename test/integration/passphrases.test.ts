// The passphrase file is wrong, missing, unsafe or not one line: exit 12 with a reason of its own each, and what can be
// repaired is repaired and said.

import { chmod, mkdir, rename, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { expectNothingLeft, fingerprint, keepKey, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { keyFile } from '../support/passphrases.ts'
import { suiteDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('the passphrase file of a repo', () => {
  let stage: Stage
  let key: string

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    await succeed(stage.run('backup', 'daily'))
    key = join(stage.home, 'passphrases', 'docs.key')
  })

  beforeEach(async () => {
    await rm(key, { force: true })
    await keepKey(stage.home, 'docs')
  })

  const spoiled: [what: string, spoil: () => Promise<unknown>, reason: RegExp][] = [
    ['is empty', () => keyFile(key, ''), /it is empty/],
    ['holds nothing but a line end', () => keyFile(key, '\n'), /it is empty/],
    ['has two lines', () => keyFile(key, 'SeNt1neL-pa55phrase\nanother\n'), /more than one line/],
    [
      'is a symbolic link',
      async () => {
        await rename(key, `${key}.real`)
        await symlink(`${key}.real`, key)
      },
      /symbolic link/,
    ],
    [
      'is a directory',
      async () => {
        await rm(key)
        await mkdir(key)
      },
      /directory/,
    ],
  ]
  test.each(spoiled)('a file that %s fails with exit 12 and says so', async (_, spoil, reason) => {
    await spoil()
    const before = await fingerprint(stage.repository)

    const text = expectFailure(await stage.run('backup', 'daily'), 'passphrase-file-unusable')
    const json = expectFailure(await stage.run('backup', 'list', '--json'), 'passphrase-file-unusable')

    expect(text.message).toContain(key)
    expect(text.reason).toMatch(reason)
    expect(json.reason).toMatch(reason)
    expect(await fingerprint(stage.repository)).toEqual(before)
    await rm(key, { recursive: true })
    await expectNothingLeft(stage)
  })

  test('a wrong passphrase fails with exit 12 and names the file it came from', async () => {
    await keyFile(key, 'wrong\n')

    const daily = expectFailure(await stage.run('backup', 'daily'), 'passphrase-wrong')
    const contents = expectFailure(await stage.run('backup', 'contents', '--json'), 'passphrase-wrong')

    expect(daily.message).toContain(stage.repository)
    expect(daily.reason).toContain(key)
    expect(daily.hint).toContain('--passphrase-file')
    expect(contents.reason).toContain(key)
  })

  test('a missing passphrase file fails with exit 12 and says where it belongs', async () => {
    await rm(key)

    const { reason, hint } = expectFailure(await stage.run('backup', 'daily'), 'passphrase-missing')

    expect(reason).toContain(key)
    expect(hint).toContain('--passphrase-file')
  })

  test('a missing file given by hand fails with exit 12 and names it', async () => {
    const { message } = expectFailure(
      await stage.run('backup', 'daily', '--passphrase-file', 'nowhere.key'),
      'passphrase-missing',
    )

    expect(message).toContain(join(stage.root, 'nowhere.key'))
  })

  test('a file open to others is closed with a warning, and the run succeeds', async () => {
    await chmod(key, 0o644)

    const { stderr } = await succeed(stage.run('backup', 'daily'))

    expect(stderr).toContain(`${key} was open to other users (0644); it is now 0600`)
    expect((await stat(key)).mode & 0o777).toBe(0o600)
  })

  test('a passphrase in the environment counts only when that was asked for', async () => {
    await rm(key)
    const env = { BORG_PASSPHRASE: 'wrong' }

    const unasked = expectFailure(await stage.runWith({ env }, 'backup', 'list'), 'passphrase-missing')
    const asked = expectFailure(
      await stage.runWith({ env }, 'backup', 'list', '--allow-env-passphrase'),
      'passphrase-wrong',
    )

    expect(unasked.hint).toContain('--allow-env-passphrase')
    expect(asked.reason).toContain('environment')
  })
})
