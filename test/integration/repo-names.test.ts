// Names of repos: what would be a path, an option or too long is refused with a suggestion before anything happens.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, createDocs, keepKey, setStage, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('the name of a new repo', () => {
  test.each([
    ['../x', '--name x'],
    ['-rf', '--name rf'],
    ['n'.repeat(300), `--name ${'n'.repeat(40)}`],
    ['my documents', '--name my-documents'],
    ['docs\n', '--name docs'],
    ['a/b', '--name a-b'],
    ['', 'docs'],
    ['shared', '--name shared-files'],
  ])('$0 is refused with exit 2, and $1 is offered', async (name, suggestion) => {
    const stage = await setStage(await tempDir())
    const [, , , , ...rest] = createDocs(stage)

    const { hint } = expectFailure(await stage.run('repo', 'create', `--name=${name}`, ...rest), 'value-invalid')

    expect(hint).toContain(suggestion)
    expect(await readdir(stage.root)).not.toContain('repository')
    expect(await readdir(join(stage.home, 'passphrases'))).toEqual(['docs.key'])
  })

  test('letters of any script are fine, from the key file to the archive', async () => {
    const stage = await setStage(await tempDir())
    const name = 'Füße-日本'
    await keepKey(stage.home, name)
    const [, , , , ...rest] = createDocs(stage)

    await succeed(stage.run('repo', 'create', '--name', name, ...rest))
    await succeed(stage.run('backup', 'daily', '--name', name))

    expect(await archivesOf(stage, name)).toEqual([expect.stringMatching(/^Füße-日本-\d{4}-/)])
  })
})
