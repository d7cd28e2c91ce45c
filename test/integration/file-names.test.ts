// Names that are hard to carry: bytes that are no text, line breaks, and sequences that would drive a terminal.

import { chmod, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { nextSecond, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { borgWithoutPrivileges } from '../support/programs.ts'
import { suiteDir } from '../support/temp-dir.ts'
import { growTree, treeAt } from '../support/tree.ts'

/** Bytes as Latin-1: no UTF-8, a line break, an escape, a C1 control, and one that turns the writing direction. */
const ODD_NAMES = [
  '\xff\xfe-raw',
  'two\nlines',
  '\x1b[31mred\x1b]0;title\x07',
  '\xc2\x9b31m',
  '\xe2\x80\xae-txt.exe',
  ' ',
]
const UNREADABLE = '\x1b[2J\nunreadable'

describe.skipIf(testBorgVersion === undefined)('odd file names', () => {
  let stage: Stage
  let odd: string

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    odd = join(stage.source, 'odd')
    await growTree(odd, Object.fromEntries(ODD_NAMES.map((name) => [name, { file: `content of ${name}` }])))
    // To the second: Node sets the time of a merged directory only to the microsecond.
    for (const directory of [odd, join(stage.source, 'sub'), stage.source]) await utimes(directory, 1.5e9, 1.5e9)
    await succeed(stage.run('backup', 'daily'))
  })

  test('all come back byte for byte', async () => {
    await succeed(stage.run('backup', 'restore', '--destination', 'restored'))

    expect(withoutInodes(await treeAt(join(stage.root, 'restored', stage.source)))).toEqual(
      withoutInodes(await treeAt(stage.source)),
    )
  })

  test('all come back byte for byte when they are merged into a directory that has files', async () => {
    const destination = join(stage.root, 'merged')
    await growTree(destination, { 'already here': { file: 'mine' } })

    const args = ['--destination', destination, '--overwrite', 'if-changed']
    await succeed(stage.run('backup', 'restore', ...args))
    const again = await succeed(stage.run('backup', 'restore', ...args))

    expect(withoutInodes(await treeAt(join(destination, stage.source)))).toEqual(
      withoutInodes(await treeAt(stage.source)),
    )
    expect(again.stdout).toContain('kept 8')
  })

  test('a listing shows them in one line each, with nothing a terminal would obey', async () => {
    const { stdout } = await succeed(stage.run('backup', 'contents'))

    const lines = stdout.trimEnd().split('\n')
    expectHarmless(stdout)
    expect(lines.filter((line) => line.includes('source/odd/'))).toHaveLength(ODD_NAMES.length)
    expect(stdout).toContain('odd/??-raw')
    expect(stdout).toContain('odd/two\\x0alines')
    expect(stdout).toContain('odd/\\x1b[31mred')
  })

  test('a listing for programs has one JSON document a line', async () => {
    const entries = (await succeed(stage.run('backup', 'contents', '--json'))).json()

    const paths = entries.map((entry) => String(entry['path']))
    expect(paths.some((path) => path.endsWith('/two\nlines'))).toBe(true)
    expect(paths.some((path) => path.endsWith('/\x1b[31mred\x1b]0;title\x07'))).toBe(true)
  })

  test('warnings and the verbose report of a run show them harmlessly', async () => {
    await growTree(odd, { [UNREADABLE]: { file: 'x' } })
    await chmod(Buffer.from(join(odd, UNREADABLE)), 0o000)
    const env = { BORGBOI_BORG__EXECUTABLE_PATH: await borgWithoutPrivileges(join(stage.root, 'weak-borg')) }

    await nextSecond()
    const { exitCode, stdout, stderr } = await stage.runWith({ env }, 'backup', 'run', '--verbose')

    expect(exitCode).toBe(3)
    expectHarmless(stdout + stderr)
    expect(stderr).toContain('odd/\\x1b[2J\\x0aunreadable')
  })

  test('a path that is not there is quoted harmlessly', async () => {
    const { exitCode, stdout, stderr } = await stage.run('backup', 'restore', 'no/\x1b[2Jsuch\npath')

    expect(exitCode).toBe(1)
    expectHarmless(stdout + stderr)
  })

  test('one file of an odd name is restored by its name', async () => {
    await succeed(stage.run('backup', 'restore', '--destination', 'one', 'source/odd/two\nlines'))

    expect(Object.keys(await treeAt(join(stage.root, 'one', odd)))).toEqual(['two\nlines'])
  })
})

function expectHarmless(output: string): void {
  expect(output).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
}

function withoutInodes(facts: Awaited<ReturnType<typeof treeAt>>) {
  return Object.entries(facts).map(([path, { inode: _, ...rest }]) => [path, rest])
}
