import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listContents } from '../../../../src/workflows/backup/list-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

describe('the contents of an archive', () => {
  it.each([
    ['file', ['a.txt']],
    ['directory', ['source', 'sub']],
    ['symlink', []],
  ] as const)('can be told for one type of entry: %s', async (type, names) => {
    const world = await buildWorld()
    await world.addRepo('docs')
    await mkdir(join(world.source, 'sub'))
    await runBackup(world.deps, { name: 'docs', passphrase: {} })

    const input = { name: 'docs', passphrase: {}, archive: 'latest', paths: [], type }
    const entries = await Array.fromAsync(listContents(world.deps, input))

    expect(entries.map(({ path }) => path.split('/').at(-1))).toEqual(names)
  })
})
