import { mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OverwritePolicy } from '../../../src/model/overwrite.ts'
import { mergeTree, previewMergeTree } from '../../../src/platform/merge-tree.ts'
import { asOrdinaryUser } from '../../support/ordinary-user.ts'
import { farawayDir, otherDisk } from '../../support/other-disk.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { growTree, type Tree, treeAt } from '../../support/tree.ts'

/** A restored tree in `from` and what is there already in `to`. */
async function twoTrees(restored: Tree, present: Tree) {
  const home = await tempDir()
  const [from, to] = [join(home, 'from'), join(home, 'to')]
  await growTree(from, restored)
  await growTree(to, present)
  return { home, from, to }
}

const file = (text: string, mtime = 1_000_000_000) => ({ file: text, mtime })
const POLICIES: readonly OverwritePolicy[] = ['never', 'if-changed', 'always']
const NOT_UTF8 = 'caf\xe9\xff'

describe('merging a restored tree', () => {
  test('moves everything into an empty place, with attributes and names of any bytes', async () => {
    const restored: Tree = {
      [NOT_UTF8]: { entries: { [NOT_UTF8]: file('x'), '\x01\n': file('y') }, mode: 0o750, mtime: 1_100_000_000 },
      link: { link: NOT_UTF8 },
      empty: { entries: {} },
    }
    const { from, to } = await twoTrees(restored, {})
    const before = await treeAt(from)

    const result = await mergeTree(from, to, 'never')

    expect(result).toEqual({ created: 3, replaced: 0, kept: 0 })
    expect(await treeAt(to)).toEqual(before)
    expect(await treeAt(from)).toEqual({})
  })

  test.each([
    ['never', { created: 1, replaced: 0, kept: 6 }, 'same size old touched was file link-a'],
    ['if-changed', { created: 1, replaced: 5, kept: 1 }, 'same bigger new! touched now file link-b'],
    ['always', { created: 1, replaced: 6, kept: 0 }, 'same bigger new! touched now file link-b'],
  ] as const)('%s decides about files that are there', async (policy, counts, texts) => {
    const { from, to } = await twoTrees(
      {
        same: file('same'),
        size: file('bigger'),
        time: { file: 'new!', mtime: 1_000_000_000.000002 },
        touched: file('touched', 5),
        link: { link: 'link-b' },
        sub: { entries: { was: file('now', 7), added: file('file') } },
      },
      {
        same: file('same'),
        size: file('size'),
        time: { file: 'old', mtime: 1_000_000_000 },
        touched: file('touched', 6),
        link: { link: 'link-a' },
        sub: { entries: { was: file('was') } },
      },
    )

    expect(await previewMergeTree(from, to, policy)).toEqual(counts)
    expect(await mergeTree(from, to, policy)).toEqual(counts)

    const after = await treeAt(to)
    const text = (path: string) => after[path]?.content ?? after[path]?.target
    expect(['same', 'size', 'time', 'touched', 'sub/was', 'sub/added', 'link'].map(text).join(' ')).toBe(texts)
  })

  test('times that differ by nanoseconds only within what Node can set count as equal', async () => {
    const { from, to } = await twoTrees(
      { a: file('one', 1_700_000_000.1234567) },
      { a: file('two', 1_700_000_000.123457) },
    )

    expect(await previewMergeTree(from, to, 'if-changed')).toEqual({ created: 0, replaced: 0, kept: 1 })
  })

  test('links are replaced as links, and never written through', async () => {
    const { home, from, to } = await twoTrees(
      { 'to-file': file('new'), 'to-directory': file('new'), 'to-nothing': file('new') },
      {
        'to-file': { link: '../outside/file' },
        'to-directory': { link: '../outside' },
        'to-nothing': { link: 'nowhere' },
      },
    )
    await growTree(join(home, 'outside'), { file: file('untouched') })

    expect(await mergeTree(from, to, 'if-changed')).toEqual({ created: 0, replaced: 3, kept: 0 })

    expect(Object.values(await treeAt(to)).map((entry) => entry.content)).toEqual(['new', 'new', 'new'])
    expect((await treeAt(join(home, 'outside')))['file']?.content).toBe('untouched')
  })

  test('a link to a directory inside the destination is a way, and stays', async () => {
    const { from, to } = await twoTrees(
      { data: { entries: { a: file('a') }, mode: 0o711 } },
      { data: { link: 'real/data' }, real: { entries: { data: { entries: {}, mode: 0o755 } } } },
    )

    await mergeTree(from, to, 'always')

    const after = await treeAt(to)
    expect(after['real/data/a']?.content).toBe('a')
    expect(after['data']?.target).toBe('real/data')
    expect(after['real/data']?.mode).toBe(0o755)
  })

  test.each(POLICIES)('a link to a directory out of the destination is refused (%s)', async (policy) => {
    const { home, from, to } = await twoTrees(
      { way: { entries: { a: file('a') } } },
      { way: { link: '../to-next-door' } },
    )
    await growTree(join(home, 'to-next-door'), {})

    for (const merge of [previewMergeTree, mergeTree]) {
      await expect(merge(from, to, policy)).rejects.toMatchObject({
        code: 'file-unusable',
        message: `did not restore into ${to}/way`,
        reason: expect.stringContaining('to-next-door'),
      })
    }
    expect(await treeAt(join(home, 'to-next-door'))).toEqual({})
  })

  test('the destination itself may be a link', async () => {
    const { home, from, to } = await twoTrees({ sub: { entries: { a: file('a') } } }, { sub: { entries: {} } })
    await growTree(join(home, 'links'), { there: { link: '../to' } })

    await mergeTree(from, join(home, 'links', 'there'), 'never')

    expect((await treeAt(to))['sub/a']?.content).toBe('a')
  })

  test.each(['never', 'if-changed'] as const)(
    '%s keeps files where directories come, and the reverse',
    async (policy) => {
      const { from, to } = await twoTrees(
        { a: { entries: { x: file('x'), y: file('y') } }, b: file('b') },
        { a: file('a'), b: { entries: { z: file('z') } } },
      )
      const before = await treeAt(to)

      expect(await previewMergeTree(from, to, policy)).toEqual({ created: 0, replaced: 0, kept: 3 })
      expect(await mergeTree(from, to, policy)).toEqual({ created: 0, replaced: 0, kept: 3 })

      expect(await treeAt(to)).toEqual(before)
      expect(Object.keys(await treeAt(from))).toEqual(['a', 'a/x', 'a/y', 'b'])
    },
  )

  test('always replaces files by directories, and empty directories by files', async () => {
    const { from, to } = await twoTrees(
      { a: { entries: { x: file('x'), y: file('y') } }, b: file('b'), c: { entries: {} } },
      { a: file('a'), b: { entries: {} }, c: { link: 'nowhere' } },
    )
    const restored = await treeAt(from)

    expect(await previewMergeTree(from, to, 'always')).toEqual({ created: 2, replaced: 3, kept: 0 })
    expect(await mergeTree(from, to, 'always')).toEqual({ created: 2, replaced: 3, kept: 0 })

    expect(await treeAt(to)).toEqual(restored)
  })

  test('even always deletes no directory that has something in it', async () => {
    const { from, to } = await twoTrees({ b: file('b') }, { b: { entries: { z: file('z') } } })

    for (const merge of [previewMergeTree, mergeTree]) {
      await expect(merge(from, to, 'always')).rejects.toMatchObject({ code: 'file-unusable', hint: expect.any(String) })
    }
    expect((await treeAt(to))['b/z']?.content).toBe('z')
  })

  test.each(['if-changed', 'always'] as const)(
    '%s gives directories that are there their attributes back',
    async (policy) => {
      const { from, to } = await twoTrees(
        { sub: { entries: { a: file('a') }, mode: 0o2751, mtime: 1_100_000_000 } },
        { sub: { entries: { b: file('b') }, mode: 0o700, mtime: 1_200_000_000 } },
      )

      await mergeTree(from, to, policy)

      expect((await treeAt(to))['sub']).toMatchObject({ mode: 0o2751, mtimeMs: 1_100_000_000_000 })
    },
  )

  test('directories above what was restored keep the attributes they have, and so does the destination', async () => {
    const { from, to } = await twoTrees({}, { home: { entries: { me: { entries: {}, mode: 0o755 } }, mode: 0o711 } })
    // As Borg makes them: private, and dated now.
    await growTree(
      from,
      { home: { entries: { me: { entries: { a: file('a') }, mode: 0o700 } }, mode: 0o700 } },
      'undated',
    )

    await mergeTree(from, to, 'always')

    const after = await treeAt(to)
    expect([after['home']?.mode, after['home/me']?.mode, after['home/me/a']?.content]).toEqual([0o711, 0o755, 'a'])
    expect((await stat(to)).mode & 0o777).toBe(0o755)
  })

  test('never leaves the attributes of directories alone', async () => {
    const { from, to } = await twoTrees({ sub: { entries: {}, mode: 0o711 } }, { sub: { entries: {}, mode: 0o750 } })

    await mergeTree(from, to, 'never')

    expect((await treeAt(to))['sub']?.mode).toBe(0o750)
  })

  test('names of one file stay names of one file', async () => {
    const { from, to } = await twoTrees(
      { a: file('one'), sub: { entries: { b: { sameAs: 'a' } } } },
      { sub: { entries: {} } },
    )

    await mergeTree(from, to, 'never')

    const after = await treeAt(to)
    expect(after['a']?.inode).toBe(after['sub/b']?.inode)
  })

  test('directories that their owner cannot write to are moved and merged all the same', async () => {
    await asOrdinaryUser(async () => {
      const { from, to } = await twoTrees(
        {
          new: { entries: { a: file('a') }, mode: 0o555, mtime: 5 },
          old: { entries: { b: file('b'), c: file('c') }, mode: 0o500, mtime: 6 },
          unlisted: { entries: { d: file('d') }, mode: 0o300, mtime: 7 },
        },
        { old: { entries: { b: file('b') }, mode: 0o755 } },
      )

      expect(await previewMergeTree(from, to, 'if-changed')).toEqual({ created: 3, replaced: 0, kept: 1 })
      expect(await mergeTree(from, to, 'if-changed')).toEqual({ created: 3, replaced: 0, kept: 1 })

      expect((await stat(join(to, 'new'))).mode & 0o777).toBe(0o555)
      expect((await stat(join(to, 'old'))).mode & 0o777).toBe(0o500)
      expect((await stat(join(to, 'unlisted'))).mode & 0o777).toBe(0o300)
      await rm(join(from, 'old'), { recursive: true, force: true }).catch(() => {})
    })
  })

  test('what may not be written is an error that names it', async () => {
    await asOrdinaryUser(async () => {
      const { from, to } = await twoTrees({ sub: { entries: { a: file('a') } } }, { sub: { entries: {}, mode: 0o555 } })

      await expect(mergeTree(from, to, 'always')).rejects.toMatchObject({
        code: 'file-denied',
        message: `cannot restore ${to}/sub/a`,
      })
    })
  })

  test('a preview changes nothing and tells what the merge then does, and a second merge finds nothing to do', async () => {
    const leaf = fc.oneof(
      fc.record({ file: fc.constantFrom('a', 'bb', 'cc'), mtime: fc.constantFrom(1e9, 2e9) }),
      fc.record({ link: fc.constantFrom('x', 'y/z') }),
    )
    const names = fc.constantFrom('a', 'b', 'c', NOT_UTF8)
    const { tree } = fc.letrec<{ tree: Tree; directory: Tree[string] }>((tie) => ({
      tree: fc.dictionary(names, fc.oneof({ depthSize: 'small' }, leaf, tie('directory')), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
      directory: fc.record({ entries: tie('tree'), mtime: fc.constant(1.5e9) }),
    }))
    const home = await tempDir()
    await fc.assert(
      fc.asyncProperty(tree, tree, fc.constantFrom(...POLICIES), async (restored, present, policy) => {
        const [from, to] = [await mkdtemp(join(home, 'from-')), await mkdtemp(join(home, 'to-'))]
        await growTree(from, restored)
        await growTree(to, present)
        const before = [await treeAt(from), await treeAt(to)] as const

        const preview = await previewMergeTree(from, to, policy).catch((error) => error)
        expect([await treeAt(from), await treeAt(to)]).toEqual(before)
        const result = await mergeTree(from, to, policy).catch((error) => error)
        const after = await treeAt(to)

        expect(result).toEqual(preview)
        // Nothing that is not in the archive is ever lost.
        for (const [path, entry] of Object.entries(before[1])) {
          if (before[0][path] === undefined && entry.kind !== 'directory') expect(after[path]).toBeDefined()
        }
        if (result instanceof Error) return
        const files = Object.values(before[0]).filter((entry) => entry.kind !== 'directory').length
        const replacedByDirectories = Object.entries(before[0]).filter(
          ([path, entry]) =>
            entry.kind === 'directory' &&
            policy === 'always' &&
            before[1][path] &&
            before[1][path]?.kind !== 'directory',
        ).length
        expect(result.created + result.replaced + result.kept).toBe(files + replacedByDirectories)
        const again = await mergeTree(from, to, policy)
        expect(again).toEqual({ created: 0, replaced: 0, kept: result.kept })
      }),
      { numRuns: 150 },
    )
  })
})

describe.skipIf(otherDisk === undefined)('merging across file systems', () => {
  test('everything arrives as a rename would have put it, and nothing stays behind', async () => {
    const from = await tempDir()
    const to = await farawayDir()
    await growTree(from, {
      [NOT_UTF8]: {
        entries: { a: { file: 'x'.repeat(3_000_000), mtime: 1e9, mode: 0o4755 } },
        mode: 0o2750,
        mtime: 1.1e9,
      },
      one: file('one'),
      two: { sameAs: 'one' },
      link: { link: 'no\xffwhere' },
      empty: { entries: {}, mtime: 1.2e9 },
      old: file('new'),
      sub: { entries: { c: file('c') }, mode: 0o711, mtime: 1.3e9 },
    })
    await growTree(to, { old: file('old', 5), sub: { entries: {} } })
    const before = await treeAt(from)

    expect(await mergeTree(from, to, 'if-changed')).toEqual({ created: 5, replaced: 1, kept: 0 })

    const after = await treeAt(to)
    const comparable = (tree: typeof after) =>
      Object.entries(tree).map(([path, { inode: _, ...entry }]) => [path, entry] as const)
    expect(comparable(after)).toEqual(comparable(before))
    expect(after['one']?.inode).toBe(after['two']?.inode)
    expect(await treeAt(from)).toEqual({})
  })

  test('a file that came by copy counts as unchanged afterwards', async () => {
    const [first, second] = [await tempDir(), await tempDir()]
    const to = await farawayDir()
    const tree: Tree = { a: file('a', 1_763_605_804.1234567) }
    await growTree(first, tree)
    await growTree(second, tree)
    await mergeTree(first, to, 'always')

    expect(await mergeTree(second, to, 'if-changed')).toEqual({ created: 0, replaced: 0, kept: 1 })
  })

  test('a pipe is refused and nothing half-made is left', async () => {
    const from = await tempDir()
    const to = await farawayDir()
    await growTree(from, { pipe: { pipe: true } })

    await expect(mergeTree(from, to, 'always')).rejects.toMatchObject({ code: 'file-unusable' })

    expect(await treeAt(to)).toEqual({})
  })
})
