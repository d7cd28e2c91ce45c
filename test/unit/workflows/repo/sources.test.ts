import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { addSources, listSources, removeSources } from '../../../../src/workflows/repo/sources.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp() {
  const world = await buildWorld()
  const { root, deps } = world
  const docs = await world.addRepo('docs')
  const pictures = join(root, 'pictures')
  await mkdir(pictures)
  const add = (...sources: string[]) => addSources(deps, { name: 'docs', sources, workingDirectory: root })
  const remove = (...sources: string[]) => removeSources(deps, { name: 'docs', sources, workingDirectory: root })
  return { world, root, docs, pictures, add, remove }
}

describe('the sources of a repo', () => {
  it('get more of them, each once, by relative or absolute paths', async () => {
    const { world, pictures, add } = await setUp()

    const added = await add('pictures/', pictures, world.source)
    const again = await add('pictures')

    expect(added).toEqual({ name: 'docs', sources: [world.source, pictures], added: [pictures], removed: [] })
    expect(again).toMatchObject({ added: [], sources: [world.source, pictures] })
    expect(await listSources(world.deps, {})).toEqual({ name: 'docs', sources: [world.source, pictures] })
  })

  it('are what the next backup has in it', async () => {
    const { world, pictures, add, remove } = await setUp()

    await add(pictures)
    await remove(world.source)
    const [report] = await runBackup(world.deps, { passphrase: {} })

    expect(report?.sources).toEqual([pictures])
  })

  it('are only taken where they can be backed up', async () => {
    const { world, root, docs, pictures, add } = await setUp()
    await symlink(pictures, join(root, 'link'))

    for (const [source, code, words] of [
      ['nowhere', 'source-missing', 'does not exist'],
      ['link', 'value-invalid', 'it is a link'],
      ['.', 'value-invalid', 'lies inside the source'],
    ] as const) {
      await expect(add(pictures, source), source).rejects.toMatchObject({
        code,
        reason: expect.stringContaining(words),
      })
    }

    expect((await world.record('docs')).sources).toEqual(docs.sources)
  })

  it('can be removed when they are gone, but not the last one', async () => {
    const { world, pictures, add, remove } = await setUp()
    await add(pictures)
    await rm(pictures, { recursive: true })

    expect(await remove('pictures')).toEqual({
      name: 'docs',
      sources: [world.source],
      added: [],
      removed: [pictures],
    })
    await expect(remove('source')).rejects.toMatchObject({ code: 'usage-invalid', exitCode: 2 })
    await expect(remove('pictures')).rejects.toMatchObject({
      code: 'value-invalid',
      reason: `docs does not back it up: it backs up ${world.source}`,
    })
    expect((await world.record('docs')).sources).toEqual([world.source])
  })

  it('of a copy that is only read stay as they are', async () => {
    const { world, root, pictures } = await setUp()
    await world.addRepo('copy', { readOnly: true })
    const input = { name: 'copy', sources: [pictures], workingDirectory: root }

    await expect(addSources(world.deps, input)).rejects.toMatchObject({ code: 'repo-read-only' })
    await expect(removeSources(world.deps, input)).rejects.toMatchObject({ code: 'repo-read-only' })
  })
})
