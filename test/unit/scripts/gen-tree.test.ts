// The generator behind the benchmarks: equal arguments give equal trees, so that figures can be compared.

import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compareTrees } from '../../../scripts/compare-trees.ts'
import { changeTree, generateTree } from '../../../scripts/gen-tree.ts'
import { tempDir } from '../../support/temp-dir.ts'

async function times(root: string): Promise<Record<string, number>> {
  const names = (await readdir(root, { recursive: true })).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await lstat(join(root, name))).mtimeMs] as const)),
  )
}

test('the same arguments give the same names, bytes and times, also after rounds of changes', async () => {
  const base = await tempDir()
  const [one, two] = [join(base, 'one'), join(base, 'two')]

  for (const root of [one, two]) {
    generateTree(root, { files: 120, bytes: 100_000 })
    changeTree(root, 1, 10)
    changeTree(root, 2, 10)
  }

  expect((await compareTrees(one, two)).differences).toEqual([])
  expect(await times(one)).toEqual(await times(two))
})

test('a tree has exactly the files and bytes that were asked for', async () => {
  const root = join(await tempDir(), 'tree')

  generateTree(root, { files: 120, bytes: 100_000 })

  expect(await compareTrees(root, root)).toEqual({ files: 120, bytes: 100_000, differences: [] })
})

test('another seed gives other contents', async () => {
  const base = await tempDir()
  const [one, two] = [join(base, 'one'), join(base, 'two')]

  generateTree(one, { files: 5, bytes: 500 })
  generateTree(two, { files: 5, bytes: 500, seed: 'b' })

  expect((await compareTrees(one, two)).differences).not.toEqual([])
})

test('a round changes the share of files that was asked for', async () => {
  const base = await tempDir()
  const [before, after] = [join(base, 'before'), join(base, 'after')]
  for (const root of [before, after]) generateTree(root, { files: 200, bytes: 100_000 })

  changeTree(after, 1, 10)

  const { differences } = await compareTrees(before, after)
  expect(differences.filter((line) => line.startsWith('contents'))).toHaveLength(12)
  expect(differences.filter((line) => line.startsWith('only in'))).toHaveLength(8)
})
