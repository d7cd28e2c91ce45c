import { mkdir, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { copyTree, requirePlain, requireRoom, surveyTree } from '../../../src/platform/copy-tree.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { copiedTreeAt, growTree } from '../../support/tree.ts'

const isLock = (name: string) => name.startsWith('lock.')

/** A tree with a lock, and where its copy goes. */
async function setUp() {
  const home = await tempDir()
  const [from, to] = [join(home, 'from'), join(home, 'to')]
  await growTree(from, {
    config: { file: 'config', mode: 0o600, mtime: 1e9 },
    data: { entries: { 0: { entries: { 0: { file: 'x'.repeat(300_000) }, 1: { file: 'one' } } } }, mode: 0o750 },
    'lock.exclusive': { entries: { somebody: { file: '' } } },
  })
  const copy = async (options = {}) => await copyTree(from, await surveyTree(from, isLock), to, options)
  const { 'lock.exclusive': _lock, 'lock.exclusive/somebody': _file, ...expected } = await copiedTreeAt(from)
  return { from, to, copy, expected }
}

describe('copying a tree', () => {
  test('brings every file and directory but what is omitted, with content, modes and times', async () => {
    const { to, copy, expected } = await setUp()
    const seen: number[] = []

    await copy({ onProgress: ({ bytes }: { bytes: number }) => seen.push(bytes) })

    expect(await copiedTreeAt(to)).toEqual(expected)
    expect(seen.at(-1)).toBe(300_009)
  })

  test('goes on where it was cut off, and copies nothing twice', async () => {
    const { to, copy, expected } = await setUp()
    let checks = 0
    const cut = new Error('cut')
    const check = () => {
      if (++checks > 4) throw cut
    }
    await expect(copy({ check })).rejects.toBe(cut)
    const { ino } = await stat(join(to, 'config'))
    await expect(stat(join(to, 'data/0/0'))).rejects.toThrow('ENOENT')
    const seen: number[] = []

    await copy({ onProgress: ({ bytes }: { bytes: number }) => seen.push(bytes) })

    expect(await copiedTreeAt(to)).toEqual(expected)
    expect((await stat(join(to, 'config'))).ino).toBe(ino)
    expect(seen[0]).toBeGreaterThan(6)
  })

  test('again copies what has changed, and removes what is gone', async () => {
    const { from, to, copy } = await setUp()
    await copy()
    await writeFile(join(from, 'config'), 'another')
    await utimes(join(from, 'config'), 2e9, 2e9)
    await growTree(to, { stranger: { file: 's' }, strange: { entries: { er: { file: 's' } } } })

    await copy()

    const { 'lock.exclusive': _lock, 'lock.exclusive/somebody': _file, ...now } = await copiedTreeAt(from)
    expect(await copiedTreeAt(to)).toEqual(now)
  })

  test('is refused where there is no room, and for what is neither file nor directory', async () => {
    const { from } = await setUp()
    await mkdir(join(from, 'more'))
    await symlink('/elsewhere', join(from, 'more/link'))
    const tree = await surveyTree(from, isLock)

    expect(() => requireRoom('/disk', 10, 9)).toThrow(expect.objectContaining({ code: 'disk-full' }))
    expect(() => requireRoom('/disk', 9, 9)).not.toThrow()
    expect(() => requirePlain(from, tree)).toThrow(expect.objectContaining({ code: 'file-unusable' }))
  })
})

describe('the fingerprint of a tree', () => {
  test('changes with sizes, times and names, and not with locks', async () => {
    const { from } = await setUp()
    const fingerprint = async () => (await surveyTree(from, isLock)).fingerprint
    const before = await fingerprint()
    await writeFile(join(from, 'lock.roster'), '{}')
    const locked = await fingerprint()
    await writeFile(join(from, 'nonce'), '1')

    expect(locked).toBe(before)
    expect(await fingerprint()).not.toBe(before)
  })
})
