// A repository that BorgBoi 1.x made and filled, taken over and backed up into: one policy for its archives and ours.

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, nextSecond, SENTINEL, setStage, succeed } from '../support/cli-stage.ts'
import { writeLayout } from '../support/earlier-homes.ts'
import { plainBorg } from '../support/plain-borg.ts'
import { tempDir } from '../support/temp-dir.ts'

describe.skipIf(testBorgVersion === undefined)('a repository of BorgBoi 1.x', () => {
  test('is backed up, pruned and restored after migrating', async () => {
    const stage = await setStage(await tempDir())
    plainBorg(stage, 'init', '--encryption', 'repokey', stage.repository)
    for (const name of ['2026-01-30_02:30:00', '2026-01-31_02:30:00', 'before the move'])
      plainBorg(stage, 'create', `${stage.repository}::${name}`, stage.source)
    await rm(`${stage.home}/passphrases`, { recursive: true })
    await mkdir(stage.home, { recursive: true })
    const keep = { daily: 1, weekly: 0, monthly: 0, yearly: 0 }
    const paths = { path: stage.repository, backup_target: stage.source }
    await writeLayout(stage.home, '.database/borgboi.db', [
      { ...paths, name: 'docs', hostname: hostname(), passphrase: SENTINEL, keep },
    ])

    await succeed(stage.run('migrate'))
    await succeed(stage.run('backup', 'daily'))
    await nextSecond()
    await succeed(stage.run('backup', 'daily', '--name', 'docs'))
    // The daily one waits: what was removed by the first can still be brought back.
    await succeed(stage.run('backup', 'prune'))
    await succeed(stage.run('backup', 'restore', '--destination', 'out'))

    expect(await archivesOf(stage)).toEqual(['before the move', expect.stringMatching(/^docs-/)])
  })
})

describe.skipIf(testBorgVersion === undefined)('a repository of borgmatic', () => {
  test('is taken over with its passphrase, and backed up', async () => {
    const stage = await setStage(await tempDir())
    plainBorg(stage, 'init', '--encryption', 'repokey-blake2', stage.repository)
    await rm(`${stage.home}/passphrases`, { recursive: true })
    const config = {
      source_directories: [stage.source],
      repositories: [{ path: stage.repository, label: 'docs' }],
      exclude_patterns: ['*.txt'],
      exclude_caches: true,
      encryption_passphrase: SENTINEL,
      keep_daily: 7,
    }
    await writeFile(`${stage.root}/borgmatic.yaml`, JSON.stringify(config))

    const imported = await stage.run('import', 'borgmatic', 'borgmatic.yaml')
    await succeed(stage.run('backup', 'daily', '--name', 'docs'))

    expect(imported, imported.stdout).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('✓ docs recorded') })
    const { stdout } = await succeed(stage.run('backup', 'contents', '--name', 'docs', '--archive', 'latest'))
    expect(stdout).toMatch(/source\/sub$/m)
    expect(stdout).not.toMatch(/\.txt$/m)
  })
})
