import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { SourceEntry } from '../../../src/model/source-tree.ts'
import { toBytes, toText } from '../../../src/platform/raw-paths.ts'
import { machineSourceTrees as trees } from '../../../src/platform/source-trees.ts'
import { tempDir } from '../../support/temp-dir.ts'

let root: string

beforeEach(async () => {
  root = await tempDir()
})

async function listed(directory: string): Promise<SourceEntry[]> {
  const found: SourceEntry[] = []
  for await (const entry of trees.entries(directory)) found.push(entry)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

describe('a source tree', () => {
  test('is told entry by entry, links as links', async () => {
    await mkdir(join(root, 'dir'))
    await writeFile(join(root, 'file'), 'four')
    await symlink('file', join(root, 'link'))
    const server = createServer().listen(join(root, 'socket'))
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))

    const found = await listed(root)

    expect(found.map(({ path, kind }) => [path, kind])).toEqual([
      [join(root, 'dir'), 'directory'],
      [join(root, 'file'), 'file'],
      [join(root, 'link'), 'link'],
      [join(root, 'socket'), 'socket'],
    ])
    expect(found[1]).toMatchObject({ bytes: 4, device: found[0]?.device })
    expect(await trees.entry(join(root, 'file'))).toEqual(found[1])
  })

  test('keeps names that are not UTF-8', async () => {
    const raw = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff, 0xc3, 0xa9])])
    await writeFile(raw, 'x')

    const [entry] = await listed(root)

    expect(entry?.path).toBe(`${root}/a\udcffé`)
    expect(await trees.entry(entry?.path ?? '')).toEqual(entry)
  })

  test('has nothing where there is nothing', async () => {
    expect(await trees.entry(join(root, 'none'))).toBeUndefined()
    expect(await listed(join(root, 'none'))).toEqual([])
  })

  test('knows a directory that is tagged as a cache', async () => {
    const tagged = async (name: string, text: string) => {
      await mkdir(join(root, name))
      await writeFile(join(root, name, 'CACHEDIR.TAG'), text)
      return await trees.isTaggedCache(join(root, name))
    }

    expect(await tagged('cache', 'Signature: 8a477f597d28d172789f06886806bc55\nmore')).toBe(true)
    expect(await tagged('other', 'Signature: 8a477f597d28d172789f06886806bc5')).toBe(false)
    expect(await trees.isTaggedCache(root)).toBe(false)
  })

  test('does not wait for a pipe that is named like a tag', async () => {
    execFileSync('mkfifo', [join(root, 'CACHEDIR.TAG')])

    expect(await trees.isTaggedCache(root)).toBe(false)
  })

  test('tells where links lead, also of what is not there yet', async () => {
    await mkdir(join(root, 'real'))
    await symlink('real', join(root, 'link'))

    expect(await trees.realPath(join(root, 'link/new/file'))).toBe(join(root, 'real/new/file'))
  })
})

test('bytes of names survive being text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(toBytes(toText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
    }),
  )
})
