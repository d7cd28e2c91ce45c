import { chmod, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { machineFiles } from '../../../src/platform/restore-files.ts'
import { asOrdinaryUser } from '../../support/ordinary-user.ts'
import { tempDir } from '../../support/temp-dir.ts'

describe('the files of this machine', () => {
  test('a path a person typed is made absolute and plain', () => {
    expect(machineFiles.resolve('/home/me', 'a/../b/')).toBe('/home/me/b')
    expect(machineFiles.resolve('/home/me', '/x//y')).toBe('/x/y')
  })

  test('kinds are told through links', async () => {
    const home = await tempDir()
    await writeFile(join(home, 'file'), '')
    await symlink(home, join(home, 'to-directory'))
    await symlink('nowhere', join(home, 'to-nothing'))

    expect(await machineFiles.kind(home)).toBe('directory')
    expect(await machineFiles.kind(join(home, 'to-directory'))).toBe('directory')
    expect(await machineFiles.kind(join(home, 'file'))).toBe('file')
    expect(await machineFiles.kind('/dev/null')).toBe('other')
    expect(await machineFiles.kind(join(home, 'to-nothing'))).toBeUndefined()
    expect(await machineFiles.kind(join(home, 'file', 'below'))).toBeUndefined()
  })

  test('directories are named in order, and where there are none nothing is', async () => {
    const home = await tempDir()
    for (const name of ['b', 'a']) await mkdir(join(home, name))
    await writeFile(join(home, 'file'), '')

    expect(await machineFiles.directoriesIn(home)).toEqual(['a', 'b'])
    expect(await machineFiles.directoriesIn(join(home, 'file'))).toEqual([])
    expect(await machineFiles.directoriesIn(join(home, 'nowhere'))).toEqual([])
  })

  test('a directory is empty until something is in it', async () => {
    const home = await tempDir()
    expect(await machineFiles.isEmptyDirectory(home)).toBe(true)

    await writeFile(join(home, '.hidden'), '')

    expect(await machineFiles.isEmptyDirectory(home)).toBe(false)
    await expect(machineFiles.isEmptyDirectory(join(home, 'missing'))).rejects.toMatchObject({ code: 'file-unusable' })
  })

  test('only directories that this user may list and enter are readable', async () => {
    await asOrdinaryUser(async () => {
      const home = await tempDir()
      await writeFile(join(home, 'file'), '')
      for (const mode of [0o000, 0o100, 0o400, 0o500]) await mkdir(join(home, mode.toString(8)), { mode })

      const readable = await Promise.all(
        ['', 'file', 'missing', '0', '100', '400', '500'].map((name) => machineFiles.isReadable(join(home, name))),
      )

      expect(readable).toEqual([true, false, false, false, false, false, true])
    })
  })

  test('directories are made with their parents, and being there already is fine', async () => {
    const path = join(await tempDir(), 'a', 'b')

    await machineFiles.makeDirectory(path)
    await machineFiles.makeDirectory(path)

    expect(await machineFiles.kind(path)).toBe('directory')
    await expect(machineFiles.makeDirectory('/dev/null/x')).rejects.toMatchObject({ code: 'file-unusable' })
  })

  test('a staging directory is new, private and inside its parent', async () => {
    const parent = await tempDir()

    const first = await machineFiles.makeStaging(parent)
    const second = await machineFiles.makeStaging(parent)

    expect(first).not.toBe(second)
    expect((await readdir(parent)).every((name) => name.startsWith('.borgboi-restore-'))).toBe(true)
    expect((await stat(first)).mode & 0o777).toBe(0o700)
    await expect(machineFiles.makeStaging(join(parent, 'missing'))).rejects.toMatchObject({ code: 'file-unusable' })
  })

  test('a tree is removed whatever its names, links and modes', async () => {
    await asOrdinaryUser(async () => {
      const home = await tempDir()
      await mkdir(join(home, 'tree', 'read-only'), { recursive: true })
      await mkdir(join(home, 'kept'))
      await writeFile(join(home, 'kept', 'file'), '')
      await symlink(join(home, 'kept'), join(home, 'tree', 'link'))
      await writeFile(Buffer.from(`${home}/tree/read-only/\xff\xfe`, 'latin1'), '')
      await mkdir(join(home, 'tree', 'locked'), { mode: 0o000 })
      await chmod(join(home, 'tree', 'read-only'), 0o500)

      await machineFiles.removeTree(join(home, 'tree'))
      await machineFiles.removeTree(join(home, 'tree'))

      expect(await readdir(home)).toEqual(['kept'])
      expect(await readdir(join(home, 'kept'))).toEqual(['file'])
    })
  })
})
