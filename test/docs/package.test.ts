// package.json says the same as the code, and everything it names is there once the package is built.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROGRAM_VERSION } from '../../src/version.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(read('package.json'))

test('the version of the program is the version of the package and of the lockfile', () => {
  const lock = JSON.parse(read('package-lock.json'))

  expect([manifest.version, lock.version]).toEqual([PROGRAM_VERSION, PROGRAM_VERSION])
})

test('the changelog has an entry for the version', () => {
  expect(read('CHANGELOG.md')).toContain(`\n## ${PROGRAM_VERSION}`)
})

test('both commands start the built program, from a source that says how to run it, and its manual is in the build', () => {
  expect(manifest.bin).toEqual({ borgboi: 'dist/bin.js', bb: 'dist/bin.js' })
  expect(manifest.directories).toEqual({ man: 'dist/man' })
  expect(read('src/bin.ts')).toMatch(/^#!\/usr\/bin\/env node\n/)
})

test('the set-up, the build and the package ask for the same Node', () => {
  const major = /^>=(\d+)$/.exec(manifest.engines.node)?.[1]

  expect(read('scripts/setup.sh')).toContain(`\nNODE_MAJOR=${major}\n`)
  expect(read('scripts/build.ts')).toContain(`target: 'node${major}'`)
  expect(manifest.devDependencies['@types/node']).toMatch(new RegExp(`^\\^${major}\\.`))
})

test('everything that is published is in the checkout, apart from the build', () => {
  expect(manifest.files.filter((path: string) => path !== 'dist' && !existsSync(join(root, path)))).toEqual([])
})

// Git replaces what it ignores: a link that was committed as node_modules wiped out the installed ones of a checkout.
test.skipIf(!existsSync(join(root, '.git')))('nothing that .gitignore names is committed', () => {
  const args = ['-c', 'safe.directory=*', 'ls-files', '--cached', '--ignored', '--exclude-standard']
  const files = execFileSync('git', args, { cwd: root })

  expect(files.toString()).toBe('')
})

test('every script of the package runs a file that is there', () => {
  const files = Object.values<string>(manifest.scripts).flatMap((command) => command.match(/scripts\/[\w.-]+/g) ?? [])

  expect(files.length).toBeGreaterThan(3)
  expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

test('the lockfile names a version of every package for every platform', () => {
  const { packages } = JSON.parse(read('package-lock.json'))
  const optional = Object.entries<{ optionalDependencies?: Record<string, string> }>(packages).flatMap(
    ([path, entry]) => Object.keys(entry.optionalDependencies ?? {}).map((name) => [path, name] as const),
  )

  // A registry that lacks a platform's package makes npm leave it out, and then `npm ci` fails everywhere.
  const missing = optional.filter(
    ([path, name]) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
  )
  expect(missing).toEqual([])
})
