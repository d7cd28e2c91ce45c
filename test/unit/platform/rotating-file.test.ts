import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { appendLines } from '../../../src/platform/rotating-file.ts'
import { tempDir } from '../../support/temp-dir.ts'

const ROOM = { maxBytes: 1000, keep: 2 }

describe('adding lines to a file', () => {
  it('makes the file and its directory, for this user only', async () => {
    const path = join(await tempDir(), 'logs', 'a.jsonl')

    await appendLines(path, 'one\n', ROOM)
    await appendLines(path, 'two\n', ROOM)

    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
  })

  it('renames a full file, and keeps as many as asked for', async () => {
    const directory = await tempDir()
    const path = join(directory, 'a')

    for (const text of ['one', 'two', 'three', 'four']) await appendLines(path, `${text}\n`, { maxBytes: 8, keep: 2 })

    expect((await readdir(directory)).sort()).toEqual(['a', 'a.1', 'a.2'])
    expect(await readFile(path, 'utf8')).toBe('four\n')
    expect(await readFile(`${path}.1`, 'utf8')).toBe('three\n')
    expect(await readFile(`${path}.2`, 'utf8')).toBe('one\ntwo\n')
  })

  it('keeps no renamed file where none is asked for', async () => {
    const directory = await tempDir()

    for (const text of ['one', 'two']) await appendLines(join(directory, 'a'), `${text}\n`, { maxBytes: 4, keep: 0 })

    expect(await readdir(directory)).toEqual(['a'])
    expect(await readFile(join(directory, 'a'), 'utf8')).toBe('two\n')
  })

  it('takes a batch that is larger than a file may be', async () => {
    const path = join(await tempDir(), 'a')

    await appendLines(path, 'a long one\n', { maxBytes: 3, keep: 1 })

    expect(await readFile(path, 'utf8')).toBe('a long one\n')
  })

  it('closes a line that an earlier writer could not finish', async () => {
    const path = join(await tempDir(), 'a')
    await writeFile(path, 'one\ntw')

    await appendLines(path, 'three\n', ROOM)

    expect(await readFile(path, 'utf8')).toBe('one\ntw\nthree\n')
  })

  it('says that the disk is full', async () => {
    const path = join(await tempDir(), 'a')
    await symlink('/dev/full', path)

    await expect(appendLines(path, 'one\n', ROOM)).rejects.toMatchObject({ code: 'disk-full' })
  })
})
