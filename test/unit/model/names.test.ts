import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import {
  archiveGlob,
  nextArchiveName,
  parseArchiveName,
  parseRepoName,
  parseVaultName,
  type RepoName,
  repoOfGlob,
} from '../../../src/model/names.ts'

const ALPHABET = 'abzAZ09._-/\\: \t\n\0~*?[]{}"\'$%äßçñée\u0301日本\u{20000}🙂\u202e\uFEFF\ud800'
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 90 }),
)
const repoName = fc
  .tuple(
    fc.constantFrom('a', 'Z', '7', 'é', '日'),
    fc.string({ unit: fc.constantFrom(...'ab09._-é日'), maxLength: 30 }),
  )
  .map(([first, rest]) => parseRepoName(first + rest))

function refused(parse: () => unknown): AppError {
  try {
    parse()
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect((error as AppError).code).toBe('value-invalid')
    return error as AppError
  }
  throw new Error('was accepted')
}

function accepted(value: string): RepoName | undefined {
  try {
    return parseRepoName(value)
  } catch (error) {
    expect((error as AppError).code).toBe('value-invalid')
    return undefined
  }
}

describe('repo names', () => {
  test.each(['docs', 'nas-photos', 'a', '7', 'v1.2_final', 'Bücher', '写真', 'a..b', 'x'.repeat(64)])(
    '%j is accepted',
    (name) => {
      expect(parseRepoName(name)).toBe(name)
    },
  )

  test.each([
    '',
    '../x',
    '-rf',
    '.',
    '..',
    '.hidden',
    'a/b',
    'a\\b',
    'my docs',
    'docs ',
    'a\nb',
    'a\0b',
    'a\u202eb',
    'x'.repeat(65),
    'x'.repeat(300),
    '日'.repeat(60),
    'shared',
    'Shared',
  ])('%j is refused', (name) => {
    refused(() => parseRepoName(name))
  })

  test('no accepted name can leave its directory, pass for an option or trouble a terminal', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const name = accepted(text)
        if (name === undefined) return
        expect(name).toMatch(/^[\p{L}\p{N}]/u)
        expect(name).not.toMatch(/[/\\\s\p{C}:*?[\]{}]/u)
        expect(Buffer.byteLength(`${name}-2026-11-20T02:30:04-99.checkpoint.12`)).toBeLessThanOrEqual(255)
      }),
      { numRuns: 2000 },
    )
  })

  test('a name is the same in composed and decomposed Unicode', () => {
    expect(parseRepoName('Bu\u0308cher')).toBe(parseRepoName('Bücher'))
  })

  test('every suggestion is itself acceptable', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (accepted(text) !== undefined) return
        const suggestion = /^use --name (.*)$/su.exec(refused(() => parseRepoName(text)).hint ?? '')?.[1]
        if (suggestion !== undefined) expect(parseRepoName(suggestion)).toBe(suggestion)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['../x', 'x'],
    ['-rf', 'rf'],
    ['my docs', 'my-docs'],
    ['shared', 'shared-files'],
    ['\u{20000}'.repeat(100), '\u{20000}'.repeat(40)],
  ])('for %j a near name is offered', (given, suggestion) => {
    expect(refused(() => parseRepoName(given)).hint).toBe(`use --name ${suggestion}`)
  })

  test('accepted names survive as file names', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'borgboi-names-'))
    const names = new Set(fc.sample(repoName, 200).map((name) => `${name}.key`))
    names.add(`${'日'.repeat(53)}.key`)

    for (const name of names) await writeFile(join(directory, name), '')

    expect((await readdir(directory)).toSorted()).toEqual([...names].toSorted())
    await rm(directory, { recursive: true })
  })
})

describe('vault names', () => {
  test.each(['offsite', 'nas-1', 'Büro', 'shared', 'x'.repeat(64)])('%j is accepted', (name) => {
    expect(parseVaultName(name)).toBe(name)
  })

  test.each(['', '../x', '-rf', 'my nas', 's3://bucket', 'x'.repeat(65)])('%j is refused', (name) => {
    expect(refused(() => parseVaultName(name)).message).toMatch(/^vault name /)
  })

  test.each([
    ['my nas', 'use a name such as my-nas'],
    ['', 'use a name such as offsite or nas'],
  ])('for %j a name is offered', (given, hint) => {
    expect(refused(() => parseVaultName(given)).hint).toBe(hint)
  })

  test('a name is the same in composed and decomposed Unicode', () => {
    expect(parseVaultName('Bu\u0308ro')).toBe(parseVaultName('Büro'))
  })
})

describe('archive names', () => {
  test.each(['docs-2026-11-20T02:30:04', 'x', 'host with space', 'ünï', '{odd}', 'x'.repeat(255)])(
    '%j is accepted',
    (name) => {
      expect(parseArchiveName(name)).toBe(name)
    },
  )

  test.each(['', ' x', 'x ', '-x', 'a/b', 'a::b', 'a\nb', 'a\u0085b', 'x'.repeat(256)])('%j is refused', (name) => {
    refused(() => parseArchiveName(name))
  })

  test('new names are unlike all that are taken, valid, and matched by the glob of their repo', () => {
    const taken = new Set<string>()
    fc.assert(
      fc.property(
        repoName,
        fc.date({ min: new Date('1971'), max: new Date('9998'), noInvalidDate: true }),
        (repo, now) => {
          const name = nextArchiveName(repo, now, (other) => taken.has(other))
          expect(taken).not.toContain(name)
          taken.add(name)
          expect(parseArchiveName(name)).toBe(name)
          expect(globMatches(archiveGlob(repo), name)).toBe(true)
          expect(repoOfGlob(archiveGlob(repo))).toBe(repo)
        },
      ),
    )
  })

  test('a time that comes twice gets a number behind it', () => {
    const docs = parseRepoName('docs')
    const now = new Date(2026, 9, 25, 2, 30, 4)
    const taken = ['docs-2026-10-25T02:30:04', 'docs-2026-10-25T02:30:04-2']

    expect(nextArchiveName(docs, now, (name) => taken.includes(name))).toBe('docs-2026-10-25T02:30:04-3')
  })

  test('names of one repo sort as their times do, away from clock changes', () => {
    const docs = parseRepoName('docs')
    const seconds = fc.integer({ min: 0, max: 3_000_000_000 })
    fc.assert(
      fc.property(seconds, seconds, (a, b) => {
        const at = (second: number) => nextArchiveName(docs, new Date(second * 1000), () => false)
        if (Math.abs(a - b) > 7200) expect(at(a) < at(b)).toBe(a < b)
      }),
    )
  })

  test("a repo's glob matches no archive of any other repo", () => {
    const pairs = fc.oneof(
      fc.tuple(repoName, repoName),
      fc.tuple(repoName, fc.constantFrom('-old', '-2', '-2026-01-01T0', '-2026-01-01T02', '.1')).map(([name, tail]) => {
        return [name, accepted(`${name}${tail}`) ?? name] as const
      }),
    )
    fc.assert(
      fc.property(
        pairs,
        fc.date({ min: new Date('1971'), max: new Date('9998'), noInvalidDate: true }),
        ([one, other], now) => {
          if (one === other) return
          expect(
            globMatches(
              archiveGlob(one),
              nextArchiveName(other, now, () => false),
            ),
          ).toBe(false)
        },
      ),
    )
  })
})

/** The part of Python's fnmatch that Borg applies to these globs: `*`, `[0-9]` and literal characters. */
function globMatches(glob: string, name: string): boolean {
  const source = glob.replace(/\[0-9\]|\*|[^\p{L}\p{M}\p{N}]/gu, (part) =>
    part === '*' ? '.*' : part === '[0-9]' ? part : `\\u{${part.codePointAt(0)?.toString(16)}}`,
  )
  return new RegExp(`^${source}$`, 'su').test(name)
}
