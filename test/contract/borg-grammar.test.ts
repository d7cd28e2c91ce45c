// The model's grammar of compressions and exclusion patterns against a real Borg.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCompression } from '../../src/model/compression.ts'
import { parseExclusionPattern } from '../../src/model/exclusions.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'

const directory = await mkdtemp(join(tmpdir(), 'borgboi-grammar-'))

function run(args: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  const env = {
    PATH: process.env['PATH'],
    LC_ALL: 'C.UTF-8',
    BORG_BASE_DIR: join(directory, 'base'),
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  }
  return new Promise((resolve) => {
    execFile(testBorg, args, { env, cwd: directory }, (error, _stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, stderr })
    })
  })
}

/** What a dry run of `borg create` with these options says about each entry: `x` excluded, `-` not. */
async function dryRun(options: readonly string[]) {
  return await run(['create', '--dry-run', '--list', ...options, 'repo::x', join(directory, 'tree')])
}

afterAll(() => rm(directory, { recursive: true }))

describe.skipIf(testBorgVersion === undefined)(`the model's grammar, on Borg ${testBorgVersion}`, () => {
  beforeAll(async () => {
    await mkdir(join(directory, 'tree'))
    await writeFile(join(directory, 'tree', 'file.tmp'), 'x')
    expect((await run(['init', '--encryption', 'none', 'repo'])).code).toBe(0)
  })

  test('every word of Borg is in the table of docs/commands.md', async () => {
    const words = async (...of: string[]) => {
      const { stderr } = await run([...of, 'no-such-command'])
      return (/choose from ([^)]*)\)/.exec(stderr)?.[1] ?? '')
        .split(', ')
        .map((word) => [...of, word.replaceAll("'", '')].join(' '))
    }
    const all = [...(await words()).filter((word) => word !== 'key'), ...(await words('key'))]
    const docs = await readFile(join(import.meta.dirname, '../../docs/commands.md'), 'utf8')

    expect(all.length).toBeGreaterThan(20)
    expect(all.filter((word) => !new RegExp(`^\\| \`${word}\` \\| Borg`, 'm').test(docs))).toEqual([])
  })

  test.each([
    'none',
    'lz4',
    'zstd',
    'zstd,1',
    'zstd,22',
    'zlib,0',
    'zlib,9',
    'lzma,9',
    'auto,none',
    'auto,zstd,7',
    'obfuscate,1,lz4',
    'obfuscate,6,none',
    'obfuscate,110,auto,zstd,7',
    'obfuscate,123,zstd',
  ])('compression %s is accepted by both', async (spec) => {
    expect(parseCompression(spec)).toBe(spec)
    expect((await dryRun(['--compression', spec])).code).toBe(0)
  })

  test.each([
    '',
    'gzip',
    'ZSTD',
    'zstd,0',
    'zstd,23',
    'zstd,',
    'zlib,10',
    'lzma,-1',
    'auto',
    'auto,obfuscate,1,lz4',
    'obfuscate,1',
    'obfuscate,7,lz4',
    'obfuscate,109,lz4',
    'obfuscate,124,lz4',
  ])('compression %j is refused by both', async (spec) => {
    expect(() => parseCompression(spec)).toThrow()
    expect((await dryRun(['--compression', spec])).code).toBe(2)
  })

  test.each(['none,5', 'auto,auto,lz4', 'zstd,03', 'obfuscate,1,obfuscate,2,lz4'])(
    'compression %s means nothing: Borg takes it, the model does not',
    async (spec) => {
      expect(() => parseCompression(spec)).toThrow()
      expect((await dryRun(['--compression', spec])).code).toBe(0)
    },
  )

  test.each(['*.tmp', 'fm:*/file.???', 'sh:**/*.tmp', 're:\\.tmp$', 're:(?i)\\.TMP$', 'PP'])(
    'exclusion %s is accepted by both and excludes the file alone',
    async (given) => {
      const pattern = given === 'PP' ? `pp:${join(directory, 'tree', 'file.tmp')}` : given
      expect(parseExclusionPattern(pattern)).toBe(pattern)

      const { code, stderr } = await dryRun([`--exclude=${pattern}`])

      expect(code).toBe(0)
      expect(stderr.split('\n').filter((line) => line.startsWith('x '))).toHaveLength(1)
      expect(stderr).toMatch(/^- .*tree$/m)
    },
  )

  test.each(['xx:abc', 'AB:abc', '12:abc', 'éà:abc', 're:(', 're:foo\\cache'])(
    'exclusion %s is refused by both',
    async (pattern) => {
      expect(() => parseExclusionPattern(pattern)).toThrow()
      expect((await dryRun([`--exclude=${pattern}`])).code).not.toBe(0)
    },
  )

  test.each(['*', '/', 'sh:**', 'pp:/', 're:.*', 're:'])(
    'exclusion %s would silently empty every archive: the model refuses it',
    async (pattern) => {
      expect(() => parseExclusionPattern(pattern)).toThrow()

      const { code, stderr } = await dryRun([`--exclude=${pattern}`])

      expect(code).toBe(0)
      expect(stderr).not.toMatch(/^- /m)
    },
  )

  test('exclusion re:^/ never matches in Borg: the model refuses it', async () => {
    const pattern = `re:^${directory}/`
    expect(() => parseExclusionPattern(pattern)).toThrow()

    const { code, stderr } = await dryRun([`--exclude=${pattern}`])

    expect(code).toBe(0)
    expect(stderr).not.toMatch(/^x /m)
  })
})
