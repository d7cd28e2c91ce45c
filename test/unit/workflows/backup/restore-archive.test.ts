import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type RestoreInput, restoreArchive } from '../../../../src/workflows/backup/restore-archive.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import type { Loss } from '../../../../src/workflows/shared/confirm.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(answer = true) {
  const world = await buildWorld()
  await world.addRepo('docs')
  await mkdir(join(world.source, 'sub'))
  await writeFile(join(world.source, 'sub', 'b.txt'), 'beta')
  await runBackup(world.deps, { name: 'docs', passphrase: {} })
  const [archive = ''] = world.archives('docs')
  const asked: Loss[] = []
  const restore = (changes: Partial<RestoreInput> = {}) =>
    restoreArchive(world.deps, {
      name: 'docs',
      passphrase: {},
      archive: 'latest',
      paths: [],
      workingDirectory: world.root,
      inPlace: false,
      stripComponents: 0,
      dryRun: false,
      confirm: async (loss) => {
        asked.push(loss)
        return answer
      },
      ...changes,
    })
  return { world, archive, asked, restore, at: (...parts: string[]) => join(world.root, ...parts) }
}

const text = (path: string) => readFile(path, 'utf8')

describe('restoring', () => {
  it('goes into a new folder named after the archive', async () => {
    const { world, archive, restore, at } = await setUp()

    const report = await restore()

    expect(report).toMatchObject({ outcome: 'ok', steps: [{ name: 'restore', figures: { entries: 2, bytes: 9 } }] })
    expect(await text(at(archive, world.source, 'sub', 'b.txt'))).toBe('beta')
  })

  it('takes the newest archive of the repo’s own as the latest', async () => {
    const { world, archive, restore, at } = await setUp()
    const repository = world.borg.repositories.get(at('docs'))
    const [made] = repository?.archives ?? []
    if (made) repository?.archives.push({ ...made, name: 'by hand later' })

    expect((await restore({ dryRun: true })).steps[0]?.detail).toContain(archive)
  })

  it('takes paths as people write them, and everything for the root', async () => {
    const { world, restore, at } = await setUp()

    await restore({ paths: ['source/sub'], destination: at('some') })
    await restore({ paths: ['/'], destination: at('all') })

    expect(await readdir(at('some', world.source))).toEqual(['sub'])
    expect((await readdir(at('all', world.source))).sort()).toEqual(['a.txt', 'sub'])
  })

  it('tells a path that matches nothing, and leaves no empty folder', async () => {
    const { restore, at } = await setUp()

    const report = await restore({ paths: ['no/such'], destination: at('new') })

    expect(report.failure).toMatchObject({ code: 'path-unknown', message: expect.stringContaining('no/such') })
    expect(await readdir(at())).not.toContain('new')
  })

  it.each(['mistyped', 'docs-2020-01-01T00:00:00'])(
    'leaves no folder for the archive %s that is not there',
    async (archive) => {
      const { restore, at } = await setUp()

      const report = await restore({ archive })

      expect(report.failure?.code).toBe('archive-unknown')
      expect(await readdir(at())).not.toContain(archive)
    },
  )

  it('keeps an empty directory that was there', async () => {
    const { world, restore, at } = await setUp()
    await mkdir(at('empty'))
    world.borg.failures.set('extract', new AppError('repository-damaged', 'broken'))

    await restore({ destination: at('empty') })

    expect(await readdir(at('empty'))).toEqual([])
  })

  it('writes nothing in a dry run', async () => {
    const { restore, at } = await setUp()
    const before = await readdir(at())

    expect((await restore({ dryRun: true })).steps[0]?.detail).toMatch(/^would restore /)
    await restore({ dryRun: true, destination: at('source'), overwrite: 'always' })

    expect(await readdir(at())).toEqual(before)
    expect((await readdir(at('source'))).sort()).toEqual(['a.txt', 'sub'])
  })

  it('does not touch files that are there unless it is told how', async () => {
    const { restore, at } = await setUp()
    await mkdir(at('full'))
    await writeFile(at('full', 'mine'), 'mine')
    await writeFile(at('file'), 'mine')

    for (const destination of [at('full'), at('file')]) {
      expect((await restore({ destination })).failure).toMatchObject({ code: 'destination-not-empty', exitCode: 2 })
    }

    expect(await readdir(at('full'))).toEqual(['mine'])
  })

  it.each([
    ['never', 'mine', { created: 1, replaced: 0, kept: 1 }],
    ['always', 'alpha', { created: 1, replaced: 1, kept: 0 }],
  ] as const)('merges into what is there, overwriting %s', async (overwrite, left, figures) => {
    const { world, restore, at } = await setUp()
    await mkdir(at('full'))
    await writeFile(at('full', 'a.txt'), 'mine')
    const stripComponents = world.source.split('/').length - 1

    const report = await restore({ destination: at('full'), overwrite, stripComponents })

    expect(report.steps.at(-1)).toMatchObject({ name: 'put in place', figures })
    expect(await text(at('full', 'a.txt'))).toBe(left)
    expect((await readdir(at('full'))).sort()).toEqual(['a.txt', 'sub'])
  })
})

describe('restoring in place', () => {
  it('says what it will replace, asks, and puts files back', async () => {
    const { world, asked, restore } = await setUp()
    await writeFile(join(world.source, 'a.txt'), 'changed since')
    await rm(join(world.source, 'sub'), { recursive: true })

    const report = await restore({ inPlace: true, overwrite: 'always' })

    expect(report.outcome).toBe('ok')
    expect(asked[0]?.consequences.map((line) => line.split(' ')[0])).toEqual(['1', '1', '0'])
    expect(await text(join(world.source, 'a.txt'))).toBe('alpha')
    expect(await text(join(world.source, 'sub', 'b.txt'))).toBe('beta')
    expect(await readdir(world.source)).toHaveLength(2)
  })

  it('leaves all as it is when the answer is no', async () => {
    const { world, restore } = await setUp(false)
    await writeFile(join(world.source, 'a.txt'), 'changed since')

    const report = await restore({ inPlace: true })

    expect(report).toMatchObject({ exitCode: 2, failure: { code: 'confirmation-needed' } })
    expect(await text(join(world.source, 'a.txt'))).toBe('changed since')
    expect((await readdir(world.source)).sort()).toEqual(['a.txt', 'sub'])
  })

  it('neither asks nor writes in a dry run', async () => {
    const { world, asked, restore } = await setUp()
    await writeFile(join(world.source, 'a.txt'), 'changed since')

    const report = await restore({ inPlace: true, overwrite: 'always', dryRun: true })

    expect(report.steps.at(-1)?.figures).toMatchObject({ replaced: expect.any(Number) })
    expect(asked).toEqual([])
    expect(await text(join(world.source, 'a.txt'))).toBe('changed since')
  })

  it('leaves nothing behind when extracting fails', async () => {
    const { world, restore } = await setUp()
    world.borg.failures.set('extract', new AppError('repository-damaged', 'broken'))

    await restore({ inPlace: true })

    expect((await readdir(world.source)).sort()).toEqual(['a.txt', 'sub'])
  })

  it.each([{ destination: '/elsewhere' }, { stripComponents: 1 }])('does not go together with %j', async (changes) => {
    const { restore } = await setUp()

    await expect(restore({ inPlace: true, ...changes })).rejects.toMatchObject({ code: 'usage-invalid' })
  })
})
