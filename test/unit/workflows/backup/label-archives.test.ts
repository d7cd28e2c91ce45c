import { describe, expect, it } from 'vitest'
import { commentArchive, renameArchive } from '../../../../src/workflows/backup/label-archives.ts'
import { listArchives } from '../../../../src/workflows/backup/list-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  await world.addRepo('docs')
  for (let i = 0; i < 2; i++) {
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
    world.deps.clock.advance(60_000)
  }
  const target = { name: 'docs', passphrase: {} }
  const rename = async (archive: string, newName: string) =>
    (await renameArchive(world.deps, { ...target, archive, newName }))[0]
  const comment = async (archive: string, text: string) =>
    (await commentArchive(world.deps, { ...target, archive, comment: text }))[0]
  const comments = async () =>
    (await listArchives(world.deps, { ...target, comments: true })).archives.map((archive) => archive.comment)
  return { world, names: world.archives('docs'), rename, comment, comments }
}

describe('renaming an archive', () => {
  it('says that retention and latest pass over a name unlike the others', async () => {
    const { world, names, rename } = await setUp()

    const report = await rename('latest', 'before-the-move')

    expect(world.archives('docs')).toEqual([names[0], 'before-the-move'])
    expect(report).toMatchObject({ outcome: 'ok', steps: [{ detail: expect.stringContaining('prune and latest') }] })
    const { lastBackup } = await world.record('docs')
    expect(lastBackup?.archive).toBe('before-the-move')
    expect(lastBackup).not.toHaveProperty('archiveId')
  })

  it('keeps the record of the last backup where another one is renamed', async () => {
    const { world, names, rename } = await setUp()
    const before = await world.record('docs')

    const report = await rename(names[0] ?? '', 'docs-2020-01-01T00:00:00')

    expect(report?.steps[0]?.detail).toBe(`${names[0]} → docs-2020-01-01T00:00:00`)
    expect((await world.record('docs')).lastBackup).toEqual(before.lastBackup)
  })

  it('refuses a name that is taken, and one that is none', async () => {
    const { world, names, rename } = await setUp()

    expect(await rename('latest', names[0] ?? '')).toMatchObject({ failure: { code: 'archive-exists' } })
    expect(() => renameArchive(world.deps, { name: 'docs', passphrase: {}, archive: 'a', newName: 'a/b' })).toThrow()
    await expect(rename('latest', 'previous')).rejects.toMatchObject({ code: 'value-invalid' })
    expect(world.archives('docs')).toEqual(names)
  })

  it('leaves a copy alone that may only be read', async () => {
    const { world, names, rename } = await setUp()
    await world.deps.repos.update((await world.record('docs')).name, (record) => ({ ...record, readOnly: true }))

    expect(await rename(names[0] ?? '', 'x')).toMatchObject({ failure: { code: 'repo-read-only' } })
  })
})

describe('commenting on an archive', () => {
  it('replaces what was noted, and the record knows its new id', async () => {
    const { world, names, comment, comments } = await setUp()
    const before = (await world.record('docs')).lastBackup

    await comment('latest', 'one')
    await comment('latest', 'two')

    expect(await comments()).toEqual(['', 'two'])
    const { lastBackup } = await world.record('docs')
    expect(lastBackup?.archive).toBe(names[1])
    expect(lastBackup?.archiveId).not.toBe(before?.archiveId)
  })

  it('tells an archive that is not there', async () => {
    const { comment } = await setUp()

    expect(await comment('mistyped', 'x')).toMatchObject({ failure: { code: 'archive-unknown' } })
  })
})
