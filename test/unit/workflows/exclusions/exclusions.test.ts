import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { parseRepoName } from '../../../../src/model/names.ts'
import { FileExclusionStore } from '../../../../src/store/exclusions.ts'
import { addExclusion } from '../../../../src/workflows/exclusions/add-exclusion.ts'
import { createExclusions } from '../../../../src/workflows/exclusions/create-exclusions.ts'
import { removeExclusion } from '../../../../src/workflows/exclusions/remove-exclusion.ts'
import type { ExclusionDeps } from '../../../../src/workflows/exclusions/scope.ts'
import { showExclusions } from '../../../../src/workflows/exclusions/show-exclusions.ts'
import { MemoryRepoStore } from '../../../fakes/memory-repo-store.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const docs = { name: 'docs' }
const shared = { shared: true }
const TEXT = '# caches\r\n*.tmp\r\n\r\n  sh:**/node_modules\r\n# last'

let deps: ExclusionDeps

/** The path of a file with that text. */
async function elsewhere(text: string): Promise<string> {
  const path = join(await tempDir(), 'other.txt')
  await writeFile(path, text)
  return path
}

async function fileOf(scope: 'docs' | 'shared', text?: string): Promise<string> {
  const path = deps.exclusions.path(scope === 'shared' ? scope : parseRepoName(scope))
  if (text !== undefined) await deps.exclusions.write(scope === 'shared' ? scope : parseRepoName(scope), text)
  return path
}

beforeEach(async () => {
  const repos = new MemoryRepoStore()
  await repos.add({
    name: parseRepoName('docs'),
    path: '/mnt/backup/docs',
    borgId: 'a'.repeat(64),
    encryption: 'none',
    sources: [],
    hostname: 'laptop',
    createdAt: '2026-11-20T02:30:04Z',
  })
  deps = { repos, exclusions: new FileExclusionStore(await tempDir()) }
})

describe('creating exclusions', () => {
  test('without patterns writes a file that explains itself and excludes nothing', async () => {
    const result = await createExclusions(deps, { target: docs, patterns: [], force: false })

    expect(result).toEqual({ scope: 'docs', path: await fileOf('docs'), patterns: [] })
    expect(await readFile(result.path, 'utf8')).toMatch(/^# What backups of docs leave out/)
    expect(await deps.exclusions.patterns(parseRepoName('docs'))).toEqual([])
  })

  test('every pattern that the explanation shows can be used', async () => {
    const { path } = await createExclusions(deps, { target: shared, patterns: [], force: false })
    const shown = (await readFile(path, 'utf8')).matchAll(/^# {3}(\S+)/gm)

    for (const [, pattern = ''] of shown) await addExclusion(deps, { target: shared, pattern })

    expect(await deps.exclusions.patterns('shared')).toHaveLength(3)
  })

  test('keeps the text it is made from, and adds only patterns that are not in it', async () => {
    const input = { target: shared, from: await elsewhere(TEXT), patterns: ['*.tmp', '*.bak', '*.bak'], force: false }

    const result = await createExclusions(deps, input)

    expect(result.patterns).toEqual(['*.tmp', 'sh:**/node_modules', '*.bak'])
    expect(await readFile(result.path, 'utf8')).toBe(`${TEXT}\r\n*.bak\r\n`)
  })

  test('a file that is there is replaced only when that is asked for', async () => {
    const path = await fileOf('docs', '*.old\n')

    await expect(createExclusions(deps, { target: docs, patterns: ['*.new'], force: false })).rejects.toMatchObject({
      code: 'exclusions-exist',
      hint: expect.stringContaining('--name docs'),
    })
    expect(await readFile(path, 'utf8')).toBe('*.old\n')

    await createExclusions(deps, { target: docs, from: await elsewhere(''), patterns: ['*.new'], force: true })
    expect(await readFile(path, 'utf8')).toBe('*.new\n')
  })

  test.each([
    ['*.tmp\nxx:bad\n', []],
    ['', ['*']],
  ])('a pattern that breaks the rules leaves everything as it was: %j, %j', async (text, patterns) => {
    const from = join(await tempDir(), 'mine.txt')
    await writeFile(from, text)

    await expect(createExclusions(deps, { target: docs, from, patterns, force: true })).rejects.toMatchObject({
      code: 'value-invalid',
    })
    expect((await showExclusions(deps, docs)).exists).toBe(false)
  })

  test('a file to copy that is not there is an error', async () => {
    const input = { target: docs, from: join(await tempDir(), 'missing.txt'), patterns: [], force: false }

    await expect(createExclusions(deps, input)).rejects.toMatchObject({ code: 'file-unusable' })
  })
})

describe('showing exclusions', () => {
  test('gives patterns with their lines, and says what is wrong with one', async () => {
    const path = await fileOf('docs', `${TEXT}\nxx:bad\n`)

    expect(await showExclusions(deps, docs)).toEqual({
      scope: 'docs',
      path,
      exists: true,
      exclusions: [
        { line: 2, pattern: '*.tmp' },
        { line: 4, pattern: 'sh:**/node_modules' },
        { line: 6, pattern: 'xx:bad', problem: 'Borg knows no style "xx:"' },
      ],
    })
  })

  test('says where the file would be when there is none', async () => {
    expect(await showExclusions(deps, shared)).toEqual({
      scope: 'shared',
      path: await fileOf('shared'),
      exists: false,
      exclusions: [],
    })
  })

  test('finds a repo by its path too', async () => {
    expect((await showExclusions(deps, { path: '/mnt/backup/docs' })).scope).toBe('docs')
  })

  test('a repo that is not recorded, or two scopes at once, are refused', async () => {
    await expect(showExclusions(deps, { name: 'photos' })).rejects.toMatchObject({ code: 'repo-unknown' })
    await expect(showExclusions(deps, { name: '../x' })).rejects.toMatchObject({ code: 'value-invalid' })
    await expect(showExclusions(deps, { name: 'docs', shared: true })).rejects.toMatchObject({ code: 'usage-invalid' })
  })
})

describe('adding an exclusion', () => {
  test('makes the file when there is none', async () => {
    const result = await addExclusion(deps, { target: shared, pattern: ' *.tmp ' })

    expect(result).toMatchObject({ scope: 'shared', pattern: '*.tmp', added: true, line: 1 })
    expect(await readFile(result.path, 'utf8')).toBe('*.tmp\n')
  })

  test('keeps comments, order and line ends', async () => {
    const path = await fileOf('docs', TEXT)

    const result = await addExclusion(deps, { target: docs, pattern: '*.bak' })

    expect(result).toMatchObject({ added: true, line: 6 })
    expect(await readFile(path, 'utf8')).toBe(`${TEXT}\r\n*.bak\r\n`)
  })

  test('a pattern that is there already is said to be, and nothing is written', async () => {
    const path = await fileOf('docs', TEXT)
    await writeFile(path, TEXT)

    const result = await addExclusion(deps, { target: docs, pattern: 'sh:**/node_modules' })

    expect(result).toMatchObject({ added: false, line: 4 })
    expect(await readFile(path, 'utf8')).toBe(TEXT)
  })

  test('a pattern that breaks the rules is refused', async () => {
    await expect(addExclusion(deps, { target: docs, pattern: 're:(' })).rejects.toMatchObject({ code: 'value-invalid' })
    expect((await showExclusions(deps, docs)).exists).toBe(false)
  })
})

describe('removing an exclusion', () => {
  test.each([{ pattern: ' sh:**/node_modules' }, { line: 4 }])('%j takes that line out', async (chosen) => {
    const path = await fileOf('docs', TEXT)

    const result = await removeExclusion(deps, { target: docs, ...chosen })

    expect(result.removed).toEqual([{ line: 4, text: 'sh:**/node_modules' }])
    expect(await readFile(path, 'utf8')).toBe('# caches\r\n*.tmp\r\n\r\n# last')
  })

  test('a pattern goes from every line it stands on', async () => {
    const path = await fileOf('docs', 'a*\nb*\na*\n')

    const result = await removeExclusion(deps, { target: docs, pattern: 'a*' })

    expect(result.removed.map((line) => line.line)).toEqual([1, 3])
    expect(await readFile(path, 'utf8')).toBe('b*\n')
  })

  test.each([
    [{ line: 1 }, '1\n2\n'],
    [{ pattern: '1' }, 'a*\n2\n'],
  ])('a pattern that is a number is not mistaken for a line: %j', async (chosen, left) => {
    const path = await fileOf('docs', 'a*\n1\n2\n')

    await removeExclusion(deps, { target: docs, ...chosen })

    expect(await readFile(path, 'utf8')).toBe(left)
  })

  test('a line that no backup can use may be removed', async () => {
    const path = await fileOf('docs', '*.tmp\nxx:bad\n')

    await removeExclusion(deps, { target: docs, line: 2 })

    expect(await readFile(path, 'utf8')).toBe('*.tmp\n')
  })

  test.each([{ pattern: '*.bak' }, { pattern: '' }, { line: 1 }, { line: 3 }, { line: 99 }])(
    'there is nothing to remove by %j',
    async (chosen) => {
      const path = await fileOf('docs', TEXT)

      await expect(removeExclusion(deps, { target: docs, ...chosen })).rejects.toMatchObject({
        code: 'value-invalid',
        hint: 'see patterns and lines with: borgboi exclusions show --name docs',
      })
      expect(await readFile(path, 'utf8')).toBe(TEXT)
    },
  )

  test.each([{}, { pattern: '*.tmp', line: 2 }])('%j does not tell what is meant', async (chosen) => {
    await expect(removeExclusion(deps, { target: docs, ...chosen })).rejects.toMatchObject({ code: 'usage-invalid' })
  })
})
