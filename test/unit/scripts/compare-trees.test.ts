// The judge of scripts/quickstart.sh: it must find every kind of difference, or a bad restore would pass.

import { chmod, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareTrees } from '../../../scripts/compare-trees.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** Not UTF-8, where the file system takes that. */
const ODD_NAME = process.platform === 'linux' ? Buffer.from([0xff, 0xfe]) : Buffer.from('añd')

/** Two equal trees: an odd name, a link, an empty directory, and a file longer than one read. */
async function twoTrees() {
  const base = await tempDir()
  const [left, right] = [join(base, 'left'), join(base, 'right')]
  for (const tree of [left, right]) {
    await mkdir(join(tree, 'empty'), { recursive: true })
    await writeFile(join(tree, 'text'), 'abc')
    await writeFile(join(tree, 'long'), Buffer.alloc(2_500_000, 7))
    await writeFile(Buffer.concat([Buffer.from(`${tree}/`), ODD_NAME]), 'odd')
    await symlink('nowhere', join(tree, 'link'))
  }
  return { left, right }
}

test('equal trees have no differences, and are counted', async () => {
  const { left, right } = await twoTrees()

  const result = await compareTrees(left, right)

  expect(result).toEqual({ files: 4, bytes: 2_500_006, differences: [] })
})

test.each<[string, (tree: string) => Promise<unknown>, string]>([
  ['changed contents of the same length', (tree) => writeFile(join(tree, 'text'), 'abd'), 'contents'],
  ['one changed byte far into a file', (tree) => writeFile(join(tree, 'long'), '8', { flag: 'r+' }), 'contents'],
  ['a shorter file', (tree) => truncate(join(tree, 'long'), 2_000_000), 'contents'],
  ['other permissions', (tree) => chmod(join(tree, 'text'), 0o600), 'permissions'],
  ['a missing file', (tree) => rm(join(tree, 'text')), 'only in'],
  ['a missing empty directory', (tree) => rm(join(tree, 'empty'), { recursive: true }), 'only in'],
  ['an added file', (tree) => writeFile(join(tree, 'empty', 'more'), ''), 'only in'],
  [
    'another link target',
    (tree) => rm(join(tree, 'link')).then(() => symlink('elsewhere', join(tree, 'link'))),
    'link target',
  ],
  [
    'a file in place of a directory',
    (tree) => rm(join(tree, 'empty'), { recursive: true }).then(() => writeFile(join(tree, 'empty'), '')),
    'type',
  ],
  ['a tree that is not there', (tree) => rm(tree, { recursive: true }), 'ENOENT'],
])('%s is a difference, on either side', async (_, change, found) => {
  const { left, right } = await twoTrees()
  await change(right)

  const there = await compareTrees(left, right)
  const back = await compareTrees(right, left)

  expect(there.differences).toEqual([expect.stringContaining(found)])
  expect(back.differences).toEqual([expect.stringContaining(found)])
})
