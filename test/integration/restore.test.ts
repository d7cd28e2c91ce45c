// Getting files back: into a new folder, over what is there by each policy, in place, in part, and only to look.

import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, expectNothingLeft, type Stage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { expectFailure } from '../support/failure.ts'
import { suiteDir } from '../support/temp-dir.ts'
import { growTree, type Tree, treeAt } from '../support/tree.ts'

const SOURCE: Tree = {
  'a.txt': { file: 'alpha' },
  'empty dir': { entries: {}, mode: 0o700 },
  link: { link: 'a.txt' },
  'same.txt': { sameAs: 'a.txt' },
  sub: { entries: { 'b.txt': { file: 'beta', mode: 0o600 }, 'run.sh': { file: 'exit 0', mode: 0o755 } } },
}

describe.skipIf(testBorgVersion === undefined)('a restore', () => {
  let stage: Stage
  let archive: string

  beforeAll(async () => {
    stage = await setUpDocs(await suiteDir())
    await regrow()
    await succeed(stage.run('backup', 'daily'))
    archive = (await archivesOf(stage)).at(-1) ?? ''
  })

  beforeEach(async () => {
    await rm(join(stage.root, 'out'), { recursive: true, force: true })
  })

  async function regrow(): Promise<void> {
    await rm(stage.source, { recursive: true })
    await growTree(stage.source, SOURCE)
  }

  const restore = (...args: string[]) => stage.run('backup', 'restore', ...args)
  const restoreOut = (...args: string[]) => restore('--destination', 'out', ...args)
  /** What came back, or is there, below the source's own path. */
  const facts = async (root: string) =>
    Object.entries(await treeAt(join(root, stage.source))).map(([path, { inode: _, ...rest }]) => [path, rest])

  test('goes into a new folder named after the archive, with content, times, permissions and links', async () => {
    const { stdout } = await succeed(restore())

    expect(await facts(join(stage.root, archive))).toEqual(await facts('/'))
    const [a, same] = await Promise.all(
      ['a.txt', 'same.txt'].map((name) => stat(join(stage.root, archive, stage.source, name))),
    )
    expect(a?.ino).toBe(same?.ino)
    expect(stdout).toContain(`${archive} → ${join(stage.root, archive)}`)
    await expectNothingLeft(stage)
  })

  test('refuses a destination that has files, and changes nothing there', async () => {
    await growTree(join(stage.root, 'out'), { mine: { file: 'mine' } })

    const { message, hint } = expectFailure(await restoreOut(), 'destination-not-empty')

    expect(message).toContain(join(stage.root, 'out'))
    expect(hint).toContain('--overwrite')
    expect(await readdir(join(stage.root, 'out'))).toEqual(['mine'])
  })

  test.each([
    ['never', 'edited here', 'created 2 · replaced 0'],
    ['if-changed', 'alpha', 'created 2 · replaced 1'],
    ['always', 'alpha', 'replaced 4'],
  ])('with --overwrite %s leaves an edited file as %j', async (policy, content, told) => {
    const place = join(stage.root, 'out', stage.source)
    await succeed(restoreOut())
    await writeFile(join(place, 'a.txt'), 'edited here')
    await rm(join(place, 'sub', 'b.txt'))
    await rm(join(place, 'link'))
    await writeFile(join(place, 'extra'), 'not in the archive')

    const { stdout } = await succeed(restoreOut('--overwrite', policy))

    const now = await treeAt(place)
    expect(now['a.txt']?.content).toBe(content)
    expect(now['sub/b.txt']?.content).toBe('beta')
    expect(now['link']?.target).toBe('a.txt')
    expect(now['extra']?.content).toBe('not in the archive')
    expect(stdout.includes(told) || policy !== 'never', stdout).toBe(true)
    await expectNothingLeft(stage)
  })

  test('in place asks, and puts back what is missing or changed', async () => {
    await writeFile(join(stage.source, 'sub', 'b.txt'), 'spoiled')
    await rm(join(stage.source, 'sub', 'run.sh'))
    const [spoiled, rootMode, tmpMode] = [await facts('/'), (await stat(stage.root)).mode, (await stat('/tmp')).mode]

    const unasked = expectFailure(await restore('--in-place'), 'confirmation-needed')
    const refused = await stage.runWith({ answers: 'n\n' }, 'backup', 'restore', '--in-place')
    const untouched = await facts('/')
    const done = await stage.runWith({ answers: 'yes\n' }, 'backup', 'restore', '--in-place')

    expect(unasked.hint).toContain('--yes')
    expectFailure(refused, 'confirmation-needed')
    expect(refused.stderr).toContain('1 file is replaced')
    expect(untouched).toEqual(spoiled)
    expect(done, done.stderr).toMatchObject({ exitCode: 0 })
    expect(await treeAt(stage.source)).toMatchObject({
      'sub/b.txt': { content: 'beta', mode: 0o600 },
      'sub/run.sh': { content: 'exit 0', mode: 0o755 },
    })
    expect([(await stat(stage.root)).mode, (await stat('/tmp')).mode]).toEqual([rootMode, tmpMode])
    await expectNothingLeft(stage)
    await regrow()
  })

  test('in place brings a source back that is gone altogether', async () => {
    const before = await facts('/')
    await rm(stage.source, { recursive: true })

    await succeed(restore('--in-place', '--yes'))

    expect(await facts('/')).toEqual(before)
    await expectNothingLeft(stage)
  })

  test('takes only the paths that were asked for, in any of the ways people write them', async () => {
    const inArchive = join(stage.source, 'sub').slice(1)

    for (const path of [join(stage.source, 'sub'), inArchive, 'source/sub', 'source/sub/']) {
      await succeed(restoreOut(path))

      expect(Object.keys(await treeAt(join(stage.root, 'out', stage.source)))).toEqual([
        'sub',
        'sub/b.txt',
        'sub/run.sh',
      ])
      await rm(join(stage.root, 'out'), { recursive: true })
    }
  })

  test('leaves out leading folders when told to', async () => {
    const depth = stage.source.split('/').length - 1

    await succeed(restoreOut('--strip-components', String(depth)))

    expect(await readdir(join(stage.root, 'out'))).toEqual(expect.arrayContaining(['a.txt', 'sub']))
  })

  test.each([['to a new folder'], ['over files'], ['in place']])('writes nothing in a dry run %s', async (where) => {
    if (where === 'over files') await growTree(join(stage.root, 'out'), { mine: { file: 'mine' } })
    await writeFile(join(stage.source, 'a.txt'), 'edited')
    const before = await treeAt(stage.root)
    const how = where === 'in place' ? ['--in-place'] : ['--destination', 'out', '--overwrite', 'always']

    const { stdout } = await succeed(restore('--dry-run', ...how))

    const changed = Object.entries(await treeAt(stage.root)).filter(
      ([path, entry]) => isOfPerson(path) && entry.mtimeMs !== before[path]?.mtimeMs,
    )
    expect(stdout).toContain('would restore')
    // A staging folder in there came and went.
    expect(changed.map(([path]) => path).filter((path) => !['source', 'out'].includes(path))).toEqual([])
    await regrow()
  })

  test('of a path or an archive that is not there fails with exit 1 and leaves no folder', async () => {
    const path = expectFailure(await restoreOut('source/nowhere'), 'path-unknown')
    const unknown = expectFailure(await restoreOut('--archive', 'docs-1999'), 'archive-unknown')
    expectFailure(await restoreOut('--overwrite', 'sometimes'), 'value-invalid')

    expect(path.message).toContain('source/nowhere')
    expect(path.hint).toContain('backup contents')
    expect(unknown.hint).toContain('backup list')
    expect(await readdir(stage.root)).not.toContain('out')
    await expectNothingLeft(stage)
  })

  test('of which nobody can tell where to is refused with exit 2', async () => {
    expectFailure(await restoreOut('--in-place'), 'usage-invalid')
  })
})

function isOfPerson(path: string): boolean {
  return /^(source|out)(\/|$)/.test(path)
}
