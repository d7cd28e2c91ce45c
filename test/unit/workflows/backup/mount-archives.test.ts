import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type MountInput, mountArchives, unmountArchives } from '../../../../src/workflows/backup/mount-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  await world.addRepo('docs')
  await runBackup(world.deps, { passphrase: {} })
  const directory = join(world.root, 'look')
  const mount = (changes: Partial<MountInput> = {}) =>
    mountArchives(world.deps, { name: 'docs', passphrase: {}, directory, foreground: false, ...changes })
  return { world, directory, mount }
}

describe('mounting archives', () => {
  it('makes the directory and shows all of them, or the newest', async () => {
    const { world, directory, mount } = await setUp()

    expect(await mount()).toEqual({ name: 'docs', directory })
    expect([...world.borg.mounted]).toEqual([directory])
    await unmountArchives(world.deps, { directory })
    expect(await mount({ archive: 'latest' })).toMatchObject({ archive: world.archives('docs')[0] })
  })

  it('hides nothing that is there', async () => {
    const { world, directory, mount } = await setUp()
    await mkdir(directory)
    await mount()
    await unmountArchives(world.deps, { directory })
    await writeFile(join(directory, 'mine'), 'x')

    await expect(mount()).rejects.toMatchObject({ code: 'destination-not-empty' })
    await expect(mount({ directory: join(directory, 'mine') })).rejects.toMatchObject({ code: 'destination-not-empty' })
    expect([...world.borg.mounted]).toEqual([])
  })

  it('leaves no directory behind where it cannot be done', async () => {
    const { world, mount } = await setUp()
    world.borg.failures.set('mount', new AppError('fuse-missing', 'no FUSE'))

    await expect(mount()).rejects.toMatchObject({ code: 'fuse-missing', exitCode: 20 })
    await expect(mount({ archive: 'mistyped' })).rejects.toMatchObject({ code: 'archive-unknown' })
    expect(await readdir(world.root)).not.toContain('look')
  })
})
