import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DiffInput, diffArchives } from '../../../../src/workflows/backup/diff-archives.ts'
import { runBackup } from '../../../../src/workflows/backup/run-backup.ts'
import { buildWorld } from '../../../support/workflow-world.ts'

async function setUp(states: readonly string[]) {
  const world = await buildWorld()
  await world.addRepo('docs')
  for (const [index, state] of states.entries()) {
    await writeFile(join(world.source, 'a.txt'), state)
    await writeFile(join(world.source, `only-${index}`), '')
    await runBackup(world.deps, { name: 'docs', passphrase: {} })
    await rm(join(world.source, `only-${index}`))
    world.deps.clock.advance(60_000)
  }
  const diff = async (changes: Partial<DiffInput> = {}) => {
    const input = { name: 'docs', passphrase: {}, paths: [], contentOnly: true, ...changes }
    const told = await Array.fromAsync(diffArchives(world.deps, input))
    return told.map(({ kind, path }) => `${kind} ${path.split('/').at(-1)}`)
  }
  return { world, names: world.archives('docs'), diff }
}

describe('comparing archives', () => {
  it('compares the last two when none is named', async () => {
    const { diff } = await setUp(['one', 'two', 'three'])

    expect(await diff()).toEqual(['modified a.txt', 'removed only-1', 'added only-2'])
  })

  it('compares one that is named with the latest, and any two', async () => {
    const { diff, names } = await setUp(['one', 'two', 'three'])
    const [first, second] = names

    expect(await diff({ before: first })).toEqual(['modified a.txt', 'removed only-0', 'added only-2'])
    expect(await diff({ before: second, after: first })).toContain('added only-0')
    expect(await diff({ before: 'latest', after: 'previous' })).toContain('removed only-2')
  })

  it('looks only at the paths asked for, as people write them', async () => {
    const { diff } = await setUp(['one', 'two'])

    expect(await diff({ paths: ['source/a.txt'] })).toEqual(['modified a.txt'])
  })

  it('tells a path that neither archive has', async () => {
    const { diff } = await setUp(['one', 'two'])

    await expect(diff({ paths: ['/nowhere'] })).rejects.toMatchObject({ code: 'path-unknown' })
  })

  it('says when there are not two archives', async () => {
    await expect((await setUp(['one'])).diff()).rejects.toMatchObject({
      code: 'archive-unknown',
      reason: expect.stringMatching(/^it has only docs-/),
    })
  })

  it('refuses what is no name of an archive', async () => {
    const { diff } = await setUp(['one'])

    await expect(diff({ before: 'a::b' })).rejects.toMatchObject({ code: 'value-invalid' })
  })
})
