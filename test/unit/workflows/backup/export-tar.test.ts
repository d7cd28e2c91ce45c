import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportTar, streamTar } from '../../../../src/workflows/backup/export-tar.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  await world.addRepo('docs')
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  const directory = await tempDir()
  const file = join(directory, 'docs.tar')
  const input = { name: 'docs', passphrase: {}, archive: 'latest', paths: [] as string[], file }
  return { world, directory, file, input }
}

describe('a tar file of an archive', () => {
  it('is written once', async () => {
    const { world, file, input } = await setUp()

    const report = await exportTar(world.deps, input)

    expect(report.steps[0]?.detail).toBe(`${world.archives('docs')[0]} → ${file}`)
    expect(await readFile(file, 'utf8')).toContain('a.txt')
    expect(await exportTar(world.deps, input)).toMatchObject({ failure: { code: 'destination-not-empty' } })
  })

  it('does not replace what is there', async () => {
    const { world, file, input } = await setUp()
    await writeFile(file, 'mine')

    expect(await exportTar(world.deps, input)).toMatchObject({ exitCode: 2 })
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  it('does not stay where a path is not in the archive', async () => {
    const { world, directory, input } = await setUp()

    const report = await exportTar(world.deps, { ...input, paths: ['/nowhere'] })

    expect(report).toMatchObject({ failure: { code: 'path-unknown' } })
    expect(await readdir(directory)).toEqual([])
  })

  it('goes to stdout with no word about it', async () => {
    const { world, input } = await setUp()
    world.events.length = 0

    await streamTar(world.deps, input)

    expect(world.events).toEqual([])
    await expect(streamTar(world.deps, { ...input, paths: ['/nowhere'] })).rejects.toMatchObject({
      code: 'path-unknown',
    })
  })
})
