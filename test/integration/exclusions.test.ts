// What `exclusions explain` and `exclusions audit` say, against what Borg does: over a tree and sets of patterns made up
// from its names, `borg create --dry-run --list` decides about every entry.

import { spawnSync } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { parseExclusionPattern } from '../../src/model/exclusions.ts'
import { testBorg, testBorgVersion } from '../support/borg-binary.ts'
import { SENTINEL, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { suiteDir } from '../support/temp-dir.ts'

const NAMES = ['a', 'b.tmp', 'cache', 'x y', 'é', 'Ä.TMP', '[1]', '!n', 'node_modules', 'c-d', '日本', 'A']
const SETS = 8

describe.skipIf(testBorgVersion === undefined)('exclusions', () => {
  let stage: Stage
  let env: Record<string, string>

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    env = { BORG_CACHE_DIR: join(stage.source, 'borg-cache') }
    await makeTree(stage.source)
  })

  async function makeTree(source: string): Promise<void> {
    for (const [index, name] of NAMES.entries()) {
      const inner = join(
        source,
        name,
        NAMES[(index * 5 + 1) % NAMES.length] ?? '',
        NAMES[(index * 7 + 3) % NAMES.length] ?? '',
      )
      await mkdir(inner, { recursive: true })
      await writeFile(join(inner, `${name}.txt`), name)
      await writeFile(join(source, name, `f${NAMES[(index + 4) % NAMES.length]}`), name)
    }
    await mkdir(join(source, 'tagged', 'below'), { recursive: true })
    await writeFile(join(source, 'tagged', 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n')
    await mkdir(join(source, 'borg-cache'), { recursive: true })
    await symlink('a', join(source, 'link'))
  }

  /** By absolute path: whether Borg would store it. What is in neither list it never came to. */
  function storedByBorg(patterns: readonly string[]): ReadonlySet<string> {
    const excluded = patterns.map((pattern) => `--exclude=${pattern}`)
    const args = [
      'create',
      '--dry-run',
      '--list',
      '--exclude-caches',
      ...excluded,
      `${stage.repository}::x`,
      stage.source,
    ]
    const { status, stderr } = spawnSync(testBorg, args, {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: stage.root,
        BORG_BASE_DIR: stage.root,
        BORG_PASSPHRASE: SENTINEL,
        LANG: 'C.UTF-8',
        ...env,
      },
    })
    expect(status, stderr).toBe(0)
    return new Set(stderr.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : [])))
  }

  async function leaveOut(patterns: readonly string[]): Promise<void> {
    await writeFile(join(stage.root, 'patterns.txt'), `${patterns.join('\n')}\n`)
    await succeed(stage.run('exclusions', 'create', '--name', 'docs', '--force', '--from', 'patterns.txt'))
  }

  async function explained(paths: readonly string[]): Promise<readonly { path: string; verdict: string }[]> {
    const { stdout } = await succeed(stage.runWith({ env }, 'exclusions', 'explain', '--json', '--', ...paths))
    return JSON.parse(stdout).explanations
  }

  test('are explained as Borg decides', async () => {
    const paths = [
      stage.source,
      ...(await readdir(stage.source, { recursive: true })).map((name) => join(stage.source, name)),
    ]
    const sets = fc.sample(patternSets(stage.source, paths), { seed: 4, numRuns: SETS })

    const shares: number[] = []
    for (const patterns of sets) {
      const stored = storedByBorg(patterns)
      await leaveOut(patterns)
      const verdicts = await explained(paths)
      const backedUp = verdicts.filter(({ verdict }) => verdict === 'backed-up').map(({ path }) => path)

      expect(verdicts.map(({ verdict }) => verdict)).not.toContain('unknown')
      expect(backedUp.sort(), patterns.join('\n')).toEqual([...stored].sort())
      shares.push(stored.size / paths.length)
    }
    expect(shares.filter((share) => share > 0.1 && share < 0.95).length).toBeGreaterThan(SETS / 3)
  })

  test('an audit counts the files that Borg would store', async () => {
    const patterns = ['*.TMP', 'sh:**/node_modules', '*.nothing']
    await leaveOut(patterns)
    const stored = storedByBorg(patterns)

    const { stdout } = await succeed(stage.runWith({ env }, 'exclusions', 'audit', '--json'))

    const files = [...stored].filter((path) => /\/(f[^/]*|[^/]*\.txt)$/.test(path))
    const { sources, rules, cacheDirectories } = JSON.parse(stdout)
    expect(sources).toEqual([expect.objectContaining({ path: stage.source, files: files.length })])
    expect(rules.map(({ state }: { state: string }) => state)).toEqual(['used', 'used', 'unused'])
    expect(cacheDirectories).toBe(1)
  })
})

/** Sets of patterns that borgboi takes, in every style, with names and paths that are there. */
function patternSets(source: string, paths: readonly string[]): fc.Arbitrary<string[]> {
  const name = fc.constantFrom(...NAMES, 'f', 'txt', 'tagged')
  const path = fc.constantFrom(...paths.filter((candidate) => candidate !== source))
  const glob = fc
    .array(fc.oneof(name, fc.constantFrom('*', '?', '**/', '/', '[a-c]', '[!a]', '*/', '.')), {
      minLength: 2,
      maxLength: 4,
    })
    .map((parts) => parts.join(''))
  const regex = fc
    .array(
      fc.oneof(fc.constantFrom('a', 'cache', '\\.', '\\w+', '.*', '/', '\\b', 'é?', '[^/]+', '(tmp|TMP)', '\\d', 'n')),
      { minLength: 2, maxLength: 4 },
    )
    .map((parts) => `re:${parts.join('')}$`)
  const pattern = fc.oneof(
    path.map((whole) => `pp:${whole}`),
    path.map((whole) => `pf:${whole}`),
    path.map((whole) => `${whole}/`),
    glob,
    glob.map((text) => `sh:**/${text}`),
    glob.map((text) => `${source}/${text}`),
    regex,
  )
  return fc.array(
    pattern.filter((text) => !text.includes('\n') && isTaken(text) && !/^sh:\*\*\/[*?/]+$/.test(text)),
    { minLength: 2, maxLength: 6 },
  )
}

function isTaken(pattern: string): boolean {
  try {
    return parseExclusionPattern(pattern) === pattern
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
