// Moves of real files: within a file system, to another where this machine has one, and what is found after a cut.

import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FileRelocation } from '../../../src/relocation/file-relocation.ts'
import { farawayDir, otherDisk } from '../../support/other-disk.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { copiedTreeAt, growTree } from '../../support/tree.ts'

const ID = 'a'.repeat(64)

/** A repository, and a place for it; `disk`: where that is. */
async function setUp(disk?: string) {
  const root = await tempDir()
  const [from, to] = [join(root, 'docs'), join(disk ?? root, 'new/docs')]
  await growTree(from, {
    README: { file: 'This is a Borg Backup repository.' },
    config: { file: `[repository]\nid = ${ID}\n` },
    data: { entries: { 0: { entries: { 1: { file: 'x'.repeat(200_000) }, 3: { file: 'y' } } } } },
    '.borgboi-snapshot-01J00000000000000000000000': { entries: { 'data-0-1': { file: 'x' } } },
  })
  const move = { borgId: ID, from, to }
  let ids = 0
  const host = { newId: () => `01TEST${String(++ids).padStart(20, '0')}` }
  const stop = new AbortController()
  const relocation = new FileRelocation({ directory: join(root, 'home'), host, stop: stop.signal })
  const journal = join(root, 'home/moves', `${ID}.json`)
  const read = async () => JSON.parse(await readFile(journal, 'utf8'))
  const { [`.borgboi-snapshot-01J00000000000000000000000`]: _s, ...rest } = await copiedTreeAt(from)
  const repository = Object.fromEntries(Object.entries(rest).filter(([path]) => !path.startsWith('.borgboi')))
  return { root, from, to, move, relocation, stop, journal, read, repository }
}

describe('a move within a file system', () => {
  test('is a rename, also into an empty directory, and nothing is remembered of it', async () => {
    const { root, from, to, move, relocation } = await setUp()
    await mkdir(to, { recursive: true })
    const before = await copiedTreeAt(from)

    expect(await relocation.plan(move)).toEqual({ way: 'rename', files: 4, bytes: 200_117 })
    expect(await relocation.bring(move, {})).toMatchObject({ way: 'rename' })

    expect(await copiedTreeAt(to)).toEqual(before)
    expect(await readdir(root)).toEqual(['new'])
    expect(await relocation.begun(ID)).toBeUndefined()
    expect(await relocation.removeOriginal(move)).toBe('gone')
  })
})

describe('a place that cannot be', () => {
  test.each([
    ['is not empty', async (to: string) => await growTree(to, { a: { file: 'a' } }), 'destination-not-empty'],
    [
      'is a file',
      async (to: string) => {
        await mkdir(join(to, '..'))
        await writeFile(to, '')
      },
      'destination-not-empty',
    ],
  ])('because it %s is refused', async (_case, make, code) => {
    const { from, to, move, relocation } = await setUp()
    await make(to)

    await expect(relocation.plan(move)).rejects.toMatchObject({ code })
    await expect(relocation.bring(move, {})).rejects.toMatchObject({ code })

    expect(await readdir(from)).toContain('config')
  })

  test('because one is in the other is refused, behind links too', async () => {
    const { root, from, move, relocation } = await setUp()
    await symlink(from, join(root, 'link'))

    for (const to of [join(from, 'in'), root, join(root, 'link/in')]) {
      await expect(relocation.plan({ ...move, to })).rejects.toMatchObject({ code: 'value-invalid' })
    }
    await expect(relocation.plan({ ...move, from: join(root, 'link') })).rejects.toMatchObject({
      code: 'file-unusable',
    })
  })
})

describe.skipIf(otherDisk === undefined)('a move to another file system', () => {
  const faraway = async () => await setUp(await farawayDir())

  test('copies, and removes the original when it is told to', async () => {
    const { root, from, to, move, relocation, repository } = await faraway()
    const stages = new Set<string | undefined>()

    expect(await relocation.plan(move)).toMatchObject({ way: 'copy' })
    expect(await relocation.bring(move, { onProgress: ({ stage }) => stages.add(stage) })).toMatchObject({
      way: 'copy',
    })
    expect(await copiedTreeAt(to)).toEqual(repository)
    expect(await readdir(from)).toContain('config')
    expect(await relocation.begun(ID)).toEqual(move)
    expect(await relocation.removeOriginal(move)).toBe('removed')

    expect(stages).toEqual(new Set(['copy']))
    expect(await readdir(root)).toEqual(['home'])
    expect(await relocation.begun(ID)).toBeUndefined()
    expect(await readdir(join(to, '..'))).toEqual(['docs'])
  })

  test('that was stopped goes on, in the directory it had begun', async () => {
    const { to, move, relocation, stop, read, repository, root } = await faraway()
    stop.abort('SIGTERM')
    await expect(relocation.bring(move, {})).rejects.toMatchObject({ code: 'interrupted' })
    const { phase, staging } = await read()
    expect(phase).toBe('copying')
    const next = new FileRelocation({
      directory: join(root, 'home'),
      host: { newId: () => 'ANOTHER' },
      stop: new AbortController().signal,
    })

    await next.bring(move, {})

    expect(staging).toMatch(/docs\.incoming-01TEST/)
    expect(await copiedTreeAt(to)).toEqual(repository)
    expect(await readdir(join(to, '..'))).toEqual(['docs'])
    expect(await relocation.removeOriginal(move)).toBe('removed')
  })

  test.each([
    ['before it got its place', true],
    ['after', false],
  ])('that was cut off %s is made up to date with what was written since', async (_case, isStaged) => {
    const { from, to, move, relocation, read } = await faraway()
    await relocation.bring(move, {})
    if (isStaged) await rename(to, (await read()).staging)
    await writeFile(join(from, 'data/0/5'), 'of a backup since')

    await relocation.bring(move, {})

    expect(await readFile(join(to, 'data/0/5'), 'utf8')).toBe('of a backup since')
    expect(await relocation.removeOriginal(move)).toBe('removed')
  })

  test('never removes an original that something wrote to after it was copied', async () => {
    const { from, move, relocation } = await faraway()
    await relocation.bring(move, {})
    await writeFile(join(from, 'data/0/5'), 'of a backup since')

    expect(await relocation.removeOriginal(move)).toBe('changed')

    expect(await readFile(join(from, 'data/0/5'), 'utf8')).toBe('of a backup since')
    expect(await relocation.begun(ID)).toBeUndefined()
  })

  test('goes on with removing the original where it was cut off, but removes no other repository there', async () => {
    const { from, move, relocation, journal, read } = await faraway()
    await relocation.bring(move, {})
    const removing = JSON.stringify({ format: 1, ...(await read()), phase: 'removing' })
    await writeFile(journal, removing)
    await rm(join(from, 'data'), { recursive: true })

    expect(await relocation.removeOriginal(move)).toBe('removed')
    await growTree(from, { config: { file: `id = ${'b'.repeat(64)}` } })
    await writeFile(journal, removing)
    expect(await relocation.removeOriginal(move)).toBe('gone')

    expect(await readdir(from)).toEqual(['config'])
  })

  test('is given up without a trace, unless the copy is whole', async () => {
    const { to, move, relocation, stop } = await faraway()
    stop.abort('SIGTERM')
    await expect(relocation.bring(move, {})).rejects.toMatchObject({ code: 'interrupted' })

    expect(await relocation.abandon(ID)).toBeUndefined()
    expect(await readdir(join(to, '..'))).toEqual([])
    expect(await relocation.begun(ID)).toBeUndefined()
    expect(await relocation.abandon(ID)).toBeUndefined()
  })

  test('leaves a whole copy where it was given up', async () => {
    const { to, move, relocation } = await faraway()
    await relocation.bring(move, {})

    expect(await relocation.abandon(ID)).toBe(to)

    expect(await readdir(to)).toContain('config')
  })

  test('is refused for what is neither file nor directory, before anything is written', async () => {
    const { from, to, move, relocation } = await faraway()
    await symlink('/elsewhere', join(from, 'data/link'))

    await expect(relocation.plan(move)).rejects.toMatchObject({ code: 'file-unusable' })
    await expect(relocation.bring(move, {})).rejects.toMatchObject({ code: 'file-unusable' })

    await expect(readdir(to)).rejects.toThrow('ENOENT')
  })

  test('whose journal is damaged touches nothing', async () => {
    const { move, relocation, journal, from } = await faraway()
    await mkdir(join(journal, '..'), { recursive: true })
    await writeFile(journal, '{"format":2}')

    await expect(relocation.begun(ID)).rejects.toMatchObject({ code: 'file-unusable' })
    await expect(relocation.removeOriginal(move)).rejects.toMatchObject({ code: 'file-unusable' })

    expect(await readdir(from)).toContain('config')
  })
})
