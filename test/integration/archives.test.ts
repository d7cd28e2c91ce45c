// What can be done with archives that are there: compared, listed, exported, checked, and given to Borg itself.

import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testBorgVersion } from '../support/borg-binary.ts'
import { archivesOf, keepKey, nextSecond, type Stage, setStage, setUpDocs, succeed } from '../support/cli-stage.ts'
import { tempDir } from '../support/temp-dir.ts'

async function withTwoArchives(): Promise<Stage> {
  const stage = await setUpDocs(await tempDir())
  await succeed(stage.run('backup', 'run'))
  await writeFile(join(stage.source, 'a.txt'), 'altered')
  await rm(join(stage.source, 'sub', 'b.txt'))
  await writeFile(join(stage.source, 'new.pdf'), 'pdf')
  await nextSecond()
  await succeed(stage.run('backup', 'run'))
  return stage
}

/** Turns a bit in the middle of the biggest segment. */
async function damage(repository: string): Promise<void> {
  const directory = join(repository, 'data', '0')
  const files = (await readdir(directory)).map((name) => join(directory, name))
  const sizes = await Promise.all(files.map(async (path) => ({ path, size: (await stat(path)).size })))
  const [{ path, size } = { path: '', size: 0 }] = sizes.sort((a, b) => b.size - a.size)
  const file = await open(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, size >> 1)
  byte[0] = (byte[0] ?? 0) ^ 255
  await file.write(byte, 0, 1, size >> 1)
  await file.close()
}

describe.skipIf(testBorgVersion === undefined)('archives', () => {
  it('are compared, listed, exported and given to Borg', async () => {
    const stage = await withTwoArchives()
    const tar = join(stage.root, 'docs.tar')

    const diff = await succeed(stage.run('backup', 'diff', '--content-only', '--json'))
    const one = await succeed(stage.run('backup', 'diff', 'previous', 'latest', 'source/a.txt'))
    const contents = await succeed(stage.run('backup', 'contents', '--json-lines', '--type', 'file', 'sh:**/*.pdf'))
    await succeed(stage.run('backup', 'export-tar', 'latest', tar, 'source/a.txt'))

    expect(
      diff
        .json()
        .map(({ kind, path }) => `${kind} ${String(path).split('/').at(-1)}`)
        .sort(),
    ).toEqual(['added new.pdf', 'modified a.txt', 'removed b.txt'])
    expect(one.stdout).toMatch(/^~ +\+7 B +-5 B {2}\S+a\.txt {2}\(.*mtime/)
    expect(contents.json().map(({ path }) => String(path).split('/').at(-1))).toEqual(['new.pdf'])
    expect(await readFile(tar, 'latin1')).toContain('altered')
    expect((await stage.run('backup', 'export-tar', 'latest', tar)).exitCode).toBe(2)
    expect((await stage.run('borg', '--', 'info', '::nope')).exitCode).toBe(2)
  })

  it('are damaged, and repaired as far as that goes', async () => {
    const stage = await setUpDocs(await tempDir())
    await mkdir(join(stage.source, 'big'))
    await writeFile(
      join(stage.source, 'big', 'file'),
      Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3)),
    )
    await succeed(stage.run('backup', 'run'))
    await damage(stage.repository)

    expect((await stage.run('backup', 'check')).exitCode).toBe(13)
    expect((await stage.run('backup', 'check', '--repair')).exitCode).toBe(2)
    expect((await stage.run('backup', 'check', '--repair', '--dry-run')).exitCode).toBe(13)
    const repaired = await stage.run('backup', 'check', '--repair', '--yes')

    expect(repaired, repaired.stderr).toMatchObject({ exitCode: 3 })
    expect(repaired.stderr + repaired.stdout).toContain('all-zero chunk')
    await succeed(stage.run('backup', 'check'))
  })
})

describe.skipIf(testBorgVersion === undefined)('archives that are held', () => {
  it('stay through every prune, also on another machine that prunes whatever it finds', async () => {
    const stage = await withTwoArchives()
    const [first = ''] = await archivesOf(stage)
    const [root, held] = [await tempDir(), `held:${first}`]
    const elsewhere = await setStage(root)
    await keepKey(elsewhere.home, 'other')
    const rules = ['--archive-glob', '*', '--retention', 'last=1']

    await succeed(stage.run('backup', 'hold', first))
    await succeed(stage.run('repo', 'retention', 'set', 'last=1'))
    await succeed(stage.run('backup', 'prune'))
    await nextSecond()
    await succeed(stage.run('backup', 'run'))
    const imported = ['repo', 'import', '--name', 'other', '--path', stage.repository, ...rules]
    await succeed(elsewhere.run(...imported))
    const seen = await elsewhere.run('backup', 'prune', '--dry-run', '--json')
    await succeed(elsewhere.run('backup', 'prune'))
    const refused = await elsewhere.run('backup', 'delete', '--archive', held, '--yes')

    const [, newest, ...none] = await archivesOf(stage)
    expect((await archivesOf(stage))[0]).toBe(held)
    expect(none).toEqual([])
    expect(seen.json().at(-1)).toMatchObject({ steps: [{ figures: { kept: 2, removed: 1 } }] })
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('[archive-held, exit 2]') })
    await succeed(stage.run('backup', 'release', first))
    await succeed(stage.run('backup', 'prune'))
    expect(await archivesOf(stage)).toEqual([newest])
  })
})
